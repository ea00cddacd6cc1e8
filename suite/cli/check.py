"""``suite check``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from suite.cli.output import Format, FormatOption, echo, load, print_list

if TYPE_CHECKING:
    from suite.cli.contract_tests import Check


def check(
    method: Annotated[str, typer.Argument(help="Method, as energy or ood/energy, or a pattern.")],
    plugin: Annotated[list[Path] | None, typer.Option("--plugin", help="Plugin file to load first.")] = None,
    given: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE of a parameter, as few steps where it takes long.")
    ] = None,
    change: Annotated[
        list[str] | None, typer.Option("--change", help="NAME=VALUE of a parameter that must change the answer.")
    ] = None,
    tracebacks: Annotated[bool, typer.Option("--traceback", help="Print what pytest says of each failure.")] = False,
    form: FormatOption = Format.table,
) -> None:
    """Run the contract tests of a method: what everything of its kind must hold. It needs pytest.

    Exit status: 0, or 1 if a check failed.
    """
    from suite.extras import check_library

    check_library("pytest")
    registry, settings = load(plugin_files=tuple(plugin or ()))
    from suite.cli.contract_tests import checks
    from suite.run.selection import matching

    if plugin:
        settings = settings.model_copy(update={"plugins": (*settings.plugins, *(file.resolve() for file in plugin))})
    names = matching(method, [entry.name for entry in registry.methods], "method", place="suite check")
    parameters = {name: registry.methods[name].Parameters.model_fields for name in names}
    known = {each for fields in parameters.values() for each in fields}
    values, changes = _pairs(given or (), "--set", known), _pairs(change or (), "--change", known)
    rows: list[dict[str, Any]] = []
    for name in names:
        typed = registry.methods[name].Parameters.typed
        own, changed = (
            {key: typed(key, each[key]) for key in each if key in parameters[name]} for each in (values, changes)
        )
        registry.methods[name](**own)  # a SuiteError names a value that is refused, before anything starts
        registry.methods[name](**changed)
        ended = checks(name, own, changed, settings)
        rows += [_row(name, each) for each in (_shown(name, ended, tracebacks) if form is Format.table else ended)]
    if form is not Format.table:
        print_list(rows, form)
    if any(row["outcome"] == "failed" for row in rows):
        raise typer.Exit(1)


def _shown(method: str, ended: Iterable[Check], tracebacks: bool) -> Iterable[Check]:
    """Print each check as it ends, and pass it on."""
    contract, counts = None, Counter[str]()
    for each in ended:
        if each.contract != contract:
            contract = each.contract
            echo(f"{method}: {contract}" if contract else method)
            if contract == "DeclarationContract":
                echo("  its track has no contract tests of its kind; these hold for every method")
        echo(f"  {each.outcome:8}{each.check}{f': {each.message}' if each.message else ''}")
        if tracebacks and each.outcome == "failed":
            echo(each.detail)
        counts[each.outcome] += 1
        yield each
    echo(f"{method}: {', '.join(f'{number} {outcome}' for outcome, number in sorted(counts.items()))}")


def _row(method: str, each: Check) -> dict[str, Any]:
    return {
        **{"method": method, "contract": each.contract, "check": each.check, "outcome": each.outcome},
        **{"message": each.message, "seconds": round(each.seconds, 3)},
    }


def _pairs(texts: Sequence[str], option: str, known: Iterable[str]) -> dict[str, str]:
    """Return the values by parameter.

    Raises:
        SuiteError: a text is not NAME=VALUE, or no method that is checked has such a parameter.
    """
    from suite.errors import SuiteError, did_you_mean

    pairs = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in known or not value:
            problem = f"{text!r} is not NAME=VALUE of a parameter.{did_you_mean(name, known)}"
            raise SuiteError(problem, place=option, next="suite methods show METHOD")
        pairs[name] = value
    return pairs

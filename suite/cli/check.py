"""``suite check``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from suite.cli.output import Format, FormatOption, PluginOption, echo, load, print_list

if TYPE_CHECKING:
    from suite.cli.contract_tests import Check


def check(
    name: Annotated[str, typer.Argument(help="Method, task or pattern, with or without its track.")],
    plugin: PluginOption = None,
    given: Annotated[
        list[str] | None,
        typer.Option("--set", help="Set a parameter: NAME=VALUE. For example fewer steps, to save time."),
    ] = None,
    change: Annotated[
        list[str] | None, typer.Option("--change", help="A parameter that must change the answer: NAME=VALUE.")
    ] = None,
    tracebacks: Annotated[bool, typer.Option("--traceback", help="Print pytest's report of each failure.")] = False,
    form: FormatOption = Format.table,
) -> None:
    """Test whether a method or a task keeps the rules of its kind. This needs pytest.

    Exit status: 0, or 1 if a check failed.
    """
    from suite.extras import check_library

    check_library("pytest")
    registry, settings = load(plugin_files=plugin)
    from suite.cli.contract_tests import checks
    from suite.run.selection import matching

    ids = [entry.name for entry in (*registry.methods, *registry.tasks)]
    found = matching(name, ids, "method or task", place="suite check", next="suite methods; suite tasks")
    names, tasks = ([each for each in found if each in table] for table in (registry.methods, registry.tasks))
    parameters = {name: registry.methods[name].Parameters.model_fields for name in names}
    known = {each for fields in parameters.values() for each in fields}
    values, changes = _pairs(given or (), "--set", known), _pairs(change or (), "--change", known)
    asked: dict[str, dict[str, Any]] = {}
    for each in names:
        typed = registry.methods[each].Parameters.typed
        own, changed = (
            {key: typed(key, told[key]) for key in told if key in parameters[each]} for told in (values, changes)
        )
        registry.methods[each](**own)  # a SuiteError names a value that is refused, before anything starts
        registry.methods[each](**changed)
        asked[each] = {"method": each, "given": own, "changes": changed}
    rows: list[dict[str, Any]] = []
    for checked in (*asked.values(), *({"task": each} for each in tasks)):
        subject, ended = next(iter(checked.values())), checks(checked, settings)
        rows += [_row(subject, e) for e in (_shown(subject, ended, tracebacks) if form is Format.table else ended)]
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
            if contract in ("DeclarationContract", "TaskDeclarationContract"):
                kind = "task" if contract.startswith("Task") else "method"
                echo(f"  its track has no contract tests of its kind; these hold for every {kind}")
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

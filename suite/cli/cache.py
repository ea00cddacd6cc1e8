"""``suite cache``."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from suite.cli.forget import YesOption
from suite.cli.output import Format, FormatOption, bytes_of, counted, duration, echo, print_list, seconds_of

app = typer.Typer(help="See what the cache of shared artifacts holds, and free space.", no_args_is_help=True)


@app.command("list")
def show(form: FormatOption = Format.table) -> None:
    """List the kinds of artifacts in the cache: their number, their size, and when they were last used."""
    from suite.settings import load_settings
    from suite.upkeep.artifacts import artifacts
    from suite.upkeep.finding import size

    settings = load_settings()
    found = artifacts(settings.cache_folder)
    now = time.time()
    rows = [
        {
            "kind": kind,
            "artifacts": len(of_kind),
            "size": size(total) if form is Format.table else total,
            **{name: _ago(now - moment) if form is Format.table else round(moment) for name, moment in used.items()},
        }
        for kind in dict.fromkeys(each.kind for each in found)
        for of_kind in [[each for each in found if each.kind == kind]]
        for total in [sum(each.size for each in of_kind)]
        for used in [{"longest unused": min(e.used for e in of_kind), "last used": max(e.used for e in of_kind)}]
    ]
    print_list(rows, form)
    if form is Format.table:
        total = sum(each.size for each in found)
        echo(f"{counted(len(found), 'artifact')}, {size(total)}, in {settings.cache_folder}")


@app.command()
def prune(
    kind: Annotated[
        list[str] | None, typer.Option(help="Remove this kind. `suite cache list` shows the kinds.")
    ] = None,
    unused: Annotated[
        str, typer.Option(metavar="TIME", help="Remove what nobody used for this long: 12h or 30d.")
    ] = "",
    to: Annotated[
        str, typer.Option(metavar="SIZE", help="Remove until the cache has this size: 5G. The longest unused go first.")
    ] = "",
    left: Annotated[bool, typer.Option("--left", help="Remove what killed processes left unfinished.")] = False,
    damaged: Annotated[
        bool, typer.Option("--damaged", help="Remove files that have changed since they were written.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Remove everything.")] = False,
    yes: YesOption = False,
) -> None:
    """Remove artifacts that meet all conditions. The next cell that needs one makes it again, which takes time.

    An artifact that a process uses or makes stays.
    """
    from suite.cache import Cache
    from suite.errors import SuiteError
    from suite.settings import load_settings
    from suite.upkeep.artifacts import artifacts, chosen, remove
    from suite.upkeep.finding import size

    settings = load_settings()
    if not (kind or unused or to or left or damaged or everything):
        raise SuiteError("no condition is given", place="suite cache prune", next="suite cache prune --unused 30d")
    found = artifacts(settings.cache_folder)
    unknown = sorted(set(kind or ()) - {each.kind for each in found})
    if unknown:
        raise SuiteError(f"the cache has no artifacts of kind {unknown[0]!r}", place="--kind", next="suite cache list")
    doomed = chosen(
        found,
        kinds=kind or (),
        unused=seconds_of(unused, "--unused", "suite cache prune --unused 30d") if unused else 0.0,
        to=bytes_of(to, "--to") if to else None,
        left=left,
        paths=set(Cache(settings.cache_folder).damaged()) if damaged else None,
    )
    gone, busy = remove(doomed) if yes else (doomed, [])
    for each in dict.fromkeys(each.kind for each in gone):
        of_kind = [artifact for artifact in gone if artifact.kind == each]
        echo(f"{each}: {counted(len(of_kind), 'artifact')}, {size(sum(artifact.size for artifact in of_kind))}")
    if busy:
        echo(f"{counted(len(busy), 'artifact')} that a process is making or has open: left alone")
    what = f"{counted(len(gone), 'artifact')}, {size(sum(each.size for each in gone))}"
    echo(f"removed: {what}" if yes else f"would remove {what}; to do so, add --yes")


def _ago(seconds: float) -> str:
    return f"{seconds / 86_400:.0f} days ago" if seconds > 2 * 86_400 else f"{duration(max(0.0, seconds))} ago"

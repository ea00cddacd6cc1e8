"""``suite show``."""

from __future__ import annotations

import dataclasses
import json
import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer

from suite.cli.output import Format, echo, load, print_json, print_list

if TYPE_CHECKING:
    from suite.store.rows import RunRow


def show(
    run: Annotated[str, typer.Argument(help="Run id or its start. `suite board --runs` lists the runs.")],
    log: Annotated[bool, typer.Option("--log", help="Show what the run printed, and its traceback.")] = False,
    form: Annotated[Format, typer.Option("--format", "-f", help="Print a table or JSON.")] = Format.table,
) -> None:
    """Show a run: its scores, cost and provenance, and what went wrong."""
    from suite.board.artifact import PATIENCE
    from suite.board.badges import told
    from suite.board.marks import published_origin
    from suite.store.archive import Archive
    from suite.store.logs import Logs
    from suite.store.samples import samples_path
    from suite.text import clean

    _, settings = load()
    archive = Archive(settings, PATIENCE)
    found = archive.run(run)
    again = archive.reproductions(found.id)
    owner = None if archive.is_own(found) else archive.published_as(found)
    archive.close()
    document = dataclasses.asdict(found)
    document["reproductions"] = [dataclasses.asdict(each) for each in again]
    document["cell"]["identity"] = json.loads(found.cell.identity)
    place = owner.results.samples.get(found.samples or "") if owner else samples_path(settings, found.samples or "")
    document["samples_file"] = str(place) if found.samples and place and place.exists() else None
    document["published"] = published_origin(owner, found).model_dump() if owner else None
    logs = Logs(settings)
    document["log_file"] = str(logs.path(found.id)) if logs.path(found.id).exists() else None
    if log:
        document["log"] = logs.read(found.id)
    if form is Format.json:
        print_json(json.dumps(document, indent=1, default=str, ensure_ascii=False) + "\n")
        return
    if log:
        _print_log(found, document)
        return
    if owner:
        echo(f"{told(published_origin(owner, found))}; it is not in the store")
    _print(found, document)
    for each in again:
        by = f" by {clean(each.reproducer)}" if each.reproducer else ""
        where = f" on {clean(each.device)}, {each.threads} threads" if each.device else ""
        echo(f"run again {each.made} UTC{by}{where}: {each.verdict}, {clean(each.reason)}")


def _print(run: RunRow, document: dict[str, Any]) -> None:
    from suite.contracts import Setting
    from suite.text import clean

    cell = run.cell
    echo(f"run {run.id}: {cell.task} {cell.task_version}, {cell.method} {cell.method_version}, seed {cell.seed}")
    echo(f"state {run.state}, attempt {run.attempt}, started {run.started} UTC, ended {run.ended}")
    environment = run.environment or {}
    lines: dict[str, str | None] = {
        "command": shlex.join(["suite", *(run.command or [])]),
        "setting": str(Setting(cell.setting)) or None,
        "parameters": json.dumps(cell.parameters),
        "cell": cell.id,
        "protocol": cell.protocol,
        "device": f"{run.device}, {run.threads} threads",
        "seconds": f"{run.wall_seconds:.2f} wall, {run.cpu_seconds:.2f} CPU" if run.wall_seconds is not None else None,
        "peak memory": f"{run.peak_memory_bytes / 2**20:.0f} MiB" if run.peak_memory_bytes else None,
        "cost": json.dumps(run.cost) if run.cost else None,
        "tuned": _tuned(run.tuning) if run.tuning else None,
        "missing": ", ".join(run.missing) or None,
        "samples": document["samples_file"] or (f"{run.samples}, which is not here" if run.samples else None),
        "log": f"suite show {run.id} --log" if document["log_file"] or run.traceback else None,
        "isolation": _isolation(run.isolation, run.state),
        "merged from": json.dumps(run.origin, ensure_ascii=False) if run.origin else None,
        **run.facts,
        **{f"fingerprint of {name}": value or "missing" for name, value in run.ingredients.items()},
        **{
            name: json.dumps(environment[name])
            for name in ("suite", "plugin", "machine", "hardware", "executor")
            if name in environment
        },
        "python": f"{environment.get('python')} on {environment.get('system')}" if environment else None,
        "packages": f"{len(environment['packages'])} recorded; --format json lists them" if environment else None,
        "error": run.error,
    }
    for name, value in lines.items():
        if value is not None:
            echo(f"{clean(name)}: {value if name == 'error' else clean(value)}")
    if run.scores:
        print_list([dataclasses.asdict(score) for score in run.scores], Format.table)
    if run.traceback:
        echo(run.traceback)


def _print_log(run: RunRow, document: dict[str, Any]) -> None:
    from suite.text import clean

    echo(f"run {run.id}: {run.state}{f': {clean(run.error)}' if run.error else ''}")
    none = "its log cannot be read" if document["log_file"] else "nothing that it printed is kept here"
    echo(none if document["log"] is None else document["log"])
    # Of a process that was killed, the end of what it printed is kept as its traceback, too.
    told, printed = ((text or "").replace("\0", "").replace("\ufffd", "") for text in (run.traceback, document["log"]))
    if told.strip() not in printed:
        echo(f"--- traceback\n{run.traceback}")


def _isolation(said: dict[str, Any] | None, state: str) -> str:
    """Return how the method was kept from labels and scores."""
    if said is None:
        return "none: the method ran in the process that holds labels and scores"
    if not said.get("split"):
        return f"none: {said.get('why', 'not said')}"
    nothing = "nothing" if state == "done" else "not known: it ended before it said so"
    confined = ", ".join(said.get("confined") or ()) or nothing
    return f"the method ran apart from labels and scores; kept from it: {confined}"


def _tuned(tuning: dict[str, Any]) -> str:
    chosen, value, count = json.dumps(tuning["chosen"]), tuning["value"], len(tuning["trials"])
    return f"{chosen}: {tuning['measured']} {value:.4f}, the best of {count}; --format json lists them all"

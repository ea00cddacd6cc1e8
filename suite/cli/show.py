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
    run: Annotated[str, typer.Argument(help="Run id, or the start of one; suite board --runs lists them.")],
    form: Annotated[Format, typer.Option("--format", "-f", help="table or json.")] = Format.table,
) -> None:
    """Show one run: its scores, cost, provenance, and what went wrong."""
    from suite.board.artifact import PATIENCE
    from suite.store.reading import Reader
    from suite.store.samples import samples_path
    from suite.text import clean

    _, settings = load()
    reader = Reader(settings.database_url, PATIENCE)
    found = reader.run(run)
    again = reader.reproductions(found.id)
    reader.close()
    document = dataclasses.asdict(found)
    document["reproductions"] = [dataclasses.asdict(each) for each in again]
    document["cell"]["identity"] = json.loads(found.cell.identity)
    document["samples_file"] = str(samples_path(settings, found.samples)) if found.samples else None
    if form is Format.json:
        print_json(json.dumps(document, indent=1, default=str, ensure_ascii=False) + "\n")
        return
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
        "samples": document["samples_file"],
        "merged from": json.dumps(run.origin, ensure_ascii=False) if run.origin else None,
        **run.facts,
        **{f"fingerprint of {name}": value or "missing" for name, value in run.ingredients.items()},
        **{
            name: json.dumps(environment[name])
            for name in ("suite", "plugin", "machine", "hardware")
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


def _tuned(tuning: dict[str, Any]) -> str:
    chosen, value, count = json.dumps(tuning["chosen"]), tuning["value"], len(tuning["trials"])
    return f"{chosen}: {tuning['measured']} {value:.4f}, the best of {count}; --format json lists them all"

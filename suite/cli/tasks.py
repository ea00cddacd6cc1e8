"""``suite tasks``, ``suite tasks show`` and ``suite tasks landscape``."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated

import typer

from suite.cli.landscape import landscape
from suite.cli.listing import Rows, listed
from suite.cli.output import Format, FormatOption, PluginOption, StrictOption, echo, load, print_json, print_list

if TYPE_CHECKING:
    from suite.registry import Registry

app = typer.Typer(help="List the tasks, or show one.", invoke_without_command=True, no_args_is_help=False)
app.command()(landscape)


@app.callback()
def tasks(context: typer.Context, form: FormatOption = Format.table, strict: StrictOption = False) -> None:
    """List the tasks."""
    if context.invoked_subcommand:
        return
    print_list(listed("tasks", _rows, strict), form)


def _rows(registry: Registry) -> Rows:
    return [
        {
            "task": entry.name,
            "version": entry.value.version,
            "tier": entry.value.tier,
            "title": entry.value.title,
            "primary": str(entry.value.primary),
            "seeds": len(entry.value.seeds),
            "axes": [axis.name for axis in entry.value.axes],
            "plugin": entry.plugin.name,
        }
        for entry in registry.tasks
    ]


@app.command()
def show(
    task: Annotated[str, typer.Argument(help="Task, for example ood/digits.")],
    form: Annotated[Format, typer.Option("--format", "-f", help="Print a table or JSON.")] = Format.table,
    plugin: PluginOption = None,
) -> None:
    """Show a task: its protocol, metrics and subsets."""
    registry, _ = load(plugin_files=plugin)
    found = registry.tasks[task]
    if form is Format.json:
        document = {
            "task": found.id,
            "version": found.version,
            "tier": found.tier,
            "title": found.title,
            "summary": found.summary,
            "primary": found.primary.model_dump(),
            "seeds": found.seeds,
            "subsets": found.subsets,
            "axes": [
                dataclasses.asdict(axis) | {"gives": {v: sorted(g) for v, g in axis.gives.items()}}
                for axis in found.axes
            ],
            "gives": sorted(found.gives),
            "metrics": [metric.model_dump() for metric in found.metrics],
        }
        print_json(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        return
    echo(f"{found.id} {found.version}: {found.title} (tier {found.tier}, seeds {', '.join(map(str, found.seeds))})")
    echo(f"\n{found.summary}\n\nranked by {found.primary}\nsubsets: {', '.join(found.subsets)}\n")
    if found.gives:
        echo(f"methods are given: {', '.join(sorted(found.gives))}")
    for axis in found.axes:
        gives = "".join(
            f"; {value} gives {', '.join(sorted(access))}" for value, access in axis.gives.items() if access
        )
        more = f", or what matches {axis.pattern}" if axis.pattern else ""
        echo(f"axis {axis.name}: {', '.join(axis.values)}{more}{gives}. {axis.about}".rstrip())
    for metric in found.metrics:
        echo(f"{metric.key} ({metric.direction} is better, {metric.shown_unit}): {metric.definition}")

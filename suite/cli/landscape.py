"""``suite tasks landscape``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from suite.cli.output import Format, PluginOption, echo, load, print_json


def landscape(
    task: Annotated[str, typer.Argument(help="Task id, as ood/digits.")],
    seed: Annotated[int | None, typer.Option(help="Of the models; the task's first one if not given.")] = None,
    against: Annotated[int | None, typer.Option(help="Also the line to the models of this seed.")] = None,
    samples: Annotated[int, typer.Option(min=2, help="Training samples to look at, at most.")] = 500,
    probes: Annotated[int, typer.Option(min=1, help="Random vectors that a trace is estimated with.")] = 50,
    form: Annotated[Format, typer.Option("--format", "-f", help="table or json.")] = Format.table,
    plugin: PluginOption = None,
) -> None:
    """Measure the loss landscape around a task's reference models, which are trained if need be."""
    from suite.cache import Cache
    from suite.contracts import Resources
    from suite.landscape.facts import facts_of
    from suite.run.worker import device_of

    registry, settings = load(plugin_files=plugin)
    found = registry.tasks[task]()
    resources = Resources(
        settings, Cache(settings.cache_folder), device_of(settings), lambda line: echo(line, err=True)
    )
    chosen = found.seeds[0] if seed is None else seed
    facts = facts_of(found, chosen, resources, against=against, samples=samples, probes=probes)
    if form is Format.json:
        print_json(json.dumps({"task": found.id, "seed": chosen, "models": facts}, indent=1) + "\n")
        return
    for model, of_model in facts.items():
        echo(f"{model}, seed {chosen}")
        for name, value in of_model.items():
            echo(f"  {name}: {value:.5g}")

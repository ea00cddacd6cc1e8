"""``suite tasks landscape``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from suite.cli.output import Format, PluginOption, echo, load, print_json


def landscape(
    task: Annotated[str, typer.Argument(help="Task, for example ood/digits.")],
    seed: Annotated[int | None, typer.Option(help="Seed of the models. Default: the task's first seed.")] = None,
    against: Annotated[int | None, typer.Option(help="Measure the line to the models of this seed, too.")] = None,
    samples: Annotated[int, typer.Option(min=2, help="Use at most this many training samples.")] = 500,
    probes: Annotated[int, typer.Option(min=1, help="Use this many random vectors to estimate a trace.")] = 50,
    form: Annotated[Format, typer.Option("--format", "-f", help="Print a table or JSON.")] = Format.table,
    plugin: PluginOption = None,
) -> None:
    """Measure the loss landscape around a task's reference models. Models that are missing are trained first."""
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

"""``suite run``."""

from __future__ import annotations

import enum
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from suite.cli.events import LogFormat, told
from suite.cli.output import Format, FormatOption, PluginOption, StrictOption, load, seconds_of, setting_pair

if TYPE_CHECKING:
    from suite.models.brought import Brought


LEFT = 3
"""The exit status of a run that left cells to others."""


class Tier(enum.StrEnum):
    """How heavy a task is."""

    embedded = "embedded"
    standard = "standard"
    large = "large"


class Standing(enum.StrEnum):
    """Which methods run if none is named."""

    ranked = "ranked"
    reference = "reference"
    all = "all"


class Split(enum.StrEnum):
    """Which methods run in a process of their own."""

    auto = "auto"
    always = "always"
    never = "never"


@told
def run(
    task: Annotated[
        list[str] | None, typer.Option("--task", "-t", help="Task or pattern, for example 'ood/*'.")
    ] = None,
    method: Annotated[
        list[str] | None, typer.Option("--method", "-m", help="Method or pattern, for example 'ood/*'.")
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(metavar="AXIS=VALUE", help="For example precision=W8A8. Default: the first setting."),
    ] = None,
    all_settings: Annotated[
        bool, typer.Option("--all-settings", help="Run all settings of the axes that --setting does not name.")
    ] = False,
    access: Annotated[
        list[str] | None,
        typer.Option(
            help="Without --method: run methods that need this, for example 'training data'. Default: no slow methods."
        ),
    ] = None,
    standing: Annotated[
        Standing,
        typer.Option(help="Without --method: run ranked methods, references (controls, bounds), or all."),
    ] = Standing.ranked,
    seed: Annotated[
        list[int] | None, typer.Option("--seed", "-s", min=0, help="Use this seed. Default: all seeds of the task.")
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("--set", metavar="METHOD.NAME=VALUE", help="Set a parameter of a method.")
    ] = None,
    tier: Annotated[
        Tier | None,
        typer.Option(help="Run the tasks of this tier. With --task: only those of them.", show_default=False),
    ] = None,
    plugin: PluginOption = None,
    tune: Annotated[
        bool, typer.Option("--tune", help="Search the grid of each method for its best values on validation data.")
    ] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run cells again that failed before.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for cells of other runners, and run those that they give back.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do not run. Print what would run, and how long it takes.")
    ] = False,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Weights of your own network, in a safetensors file.")
    ] = None,
    architecture: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Network of --model: resnet20-cifar, or a name from timm, for example resnet18."
        ),
    ] = "",
    argument: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Argument of the network, if the weights do not show it."),
    ] = None,
    transform: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Input of the network: size=32, mean=0.5,0.5,0.5, std=..."),
    ] = None,
    limit: Annotated[
        str,
        typer.Option(metavar="TIME", help="Stop after this time: 10m or 1h30m. Run the same command to go on."),
    ] = "",
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many cells run at once. Default: the number of cores.")
    ] = None,
    time_limit: Annotated[float | None, typer.Option(help="Time limit of a cell, in seconds.")] = None,
    memory_limit: Annotated[float | None, typer.Option(help="Memory limit of a cell, in GiB.")] = None,
    device: Annotated[str | None, typer.Option(help="One of auto, cpu, cuda, cuda:N.")] = None,
    split: Annotated[
        Split | None,
        typer.Option(
            help="Which methods run in a process without labels and scores: all but the built-in ones, all, or none."
        ),
    ] = None,
    executor: Annotated[
        str, typer.Option(help="process: a process for each cell. ray: a cluster. inline: this process, to debug.")
    ] = "process",
    log_format: Annotated[
        LogFormat, typer.Option(help="Print progress as text, or as JSON with one event in a line. See docs/upkeep.md.")
    ] = LogFormat.text,
    form: FormatOption = Format.table,
    strict: StrictOption = False,
) -> None:
    """Run the cells that are not done yet, record them, and print the board.

    Without options it runs the tour: one small task of each track, in about three minutes on two cores. With --tier or
    any other choice, it runs the ranked methods that are not slow on every embedded task, in the default setting. You
    can stop it at any time: Ctrl-C, SIGTERM and SIGHUP give cells back. The same command goes on, and finished cells
    are not run again. Exit status: 0. 1 if a cell failed. 2 if something else is wrong. 3 if cells were cancelled or
    left to another runner. 128 + N if signal N stopped it.
    """
    registry, settings = load(strict, plugin)
    from suite.board.artifact import load_board
    from suite.cli.endings import print_board, print_next, print_outlook, print_summary
    from suite.cli.events import Events, run_ended, run_started
    from suite.cli.progress import Progress
    from suite.cli.stopping import stoppable
    from suite.run.runner import Runner
    from suite.run.selection import Request
    from suite.settings import load_settings
    from suite.store.urls import shown

    given: dict[str, object] = {"workers": workers, "time_limit": time_limit, "memory_limit": memory_limit}
    given |= {"device": device, "split": split.value if split else None}
    settings = load_settings(plugins=settings.plugins, **given)
    request = Request(
        tasks=tuple(task or ()),
        methods=tuple(method or ()),
        access=tuple(access or ()),
        standing=standing.value,
        seeds=tuple(seed or ()),
        settings=tuple(map(setting_pair, setting or ())),
        all_settings=all_settings,
        tier=tier.value if tier else "",
        overrides=tuple(_override(text) for text in parameter or ()),
        retry_failed=retry_failed,
        tune=tune,
        network=_network(model, architecture, argument or (), transform or ()),
    )
    if dry_run:
        print_outlook(*Runner(registry, settings, Progress(), executor).outlook(request), settings)
        return
    as_events = log_format is LogFormat.json
    if as_events:
        run_started(sys.argv[1:])
    with stoppable("what finished is recorded, the same command goes on from there"):  # noqa: SIM117
        with Events() if as_events else Progress() as progress:
            runner = Runner(registry, settings, progress, executor)
            summary = runner.run(request, seconds_of(limit) if limit else math.inf, wait=wait)
    print_board(load_board(settings, registry), summary, form, brief=request.tours)
    if as_events:
        run_ended(summary, shown(settings.database_url))
    else:
        print_summary(summary, settings)
    if request.tours and form is Format.table and not as_events:
        places, _ = runner.outlook(Request(tier="embedded"))
        print_next(places, settings)
    if not summary.clean:
        raise typer.Exit(1)
    if summary.elsewhere or summary.cancelled:
        raise typer.Exit(LEFT)


def _network(
    model: Path | None, architecture: str, arguments: Sequence[str], transform: Sequence[str]
) -> Brought | None:
    from suite.errors import SuiteError
    from suite.models.brought import Brought

    if model is None:
        for option, given in {"architecture": architecture, "argument": arguments, "transform": transform}.items():
            if given:
                raise SuiteError("no file of weights is given", place=f"--{option}", next="suite run --model FILE ...")
        return None
    pairs = [
        dict(_pair(text, option) for text in texts)
        for option, texts in (("argument", arguments), ("transform", transform))
    ]
    return Brought(model, architecture, *pairs)


def _pair(text: str, option: str) -> tuple[str, str]:
    from suite.errors import SuiteError

    name, equals, value = text.partition("=")
    if not (equals and name and value):
        raise SuiteError(f"{text!r} is not NAME=VALUE", place=f"--{option}", next=f"--{option} NAME=VALUE")
    return name, value


def _override(text: str) -> tuple[str, str, str]:
    from suite.errors import SuiteError

    target, equals, value = text.partition("=")
    method, dot, name = target.rpartition(".")
    if not (equals and dot and method and name):
        raise SuiteError(
            f"{text!r} is not METHOD.NAME=VALUE",
            place="--set",
            next="suite run --method energy --set energy.temperature=2",
        )
    return method, name, value

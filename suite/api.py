"""Basin Suite in a notebook: run tasks, and have scores and boards as data frames."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from suite.errors import SuiteError
from suite.hashing import canonical_json

if TYPE_CHECKING:
    import pandas as pd

    from suite.contracts import Method, Samples, Score, Task
    from suite.registry import Registry
    from suite.settings import Settings
    from suite.store.rows import CellRow, RunRow, ScoreRow

Names = str | Iterable[str]
SCORE_COLUMNS = [
    *("task", "version", "protocol", "setting", "method", "parameters", "seed", "metric", "subset"),
    *("value", "low", "high", "basis", "n", "partial", "run", "submission"),
]


def run(
    tasks: Names = (),
    methods: Names = (),
    seeds: int | Iterable[int] = (),
    *,
    settings: Mapping[str, Names] | None = None,
    all_settings: bool = False,
    parameters: Mapping[str, Any] | None = None,
    standing: Literal["ranked", "reference", "all"] = "ranked",
    access: Names = (),
    tier: Literal["", "embedded", "standard", "large"] = "",
    tune: bool = False,
    retry_failed: bool = False,
    limit: float = math.inf,
    plugins: Sequence[str | Path] = (),
    executor: str = "process",
    **limits: Any,
) -> pd.DataFrame:
    """Run what is not done yet, record it, and return the scores of all that was asked for, as `scores` does.

    The options are those of ``suite run``: ``settings={"precision": ["W4A4", "W8A8"]}``,
    ``parameters={"knn.k": 7, "mir.update": "ring"}``, ``workers=1``. Cells that fail are recorded and have no scores.
    ``limit`` is in seconds; what is not done then is left to the next call.

    Raises:
        SuiteError: something is wrong that no cell can be blamed for: a name, the store, the disk.
    """
    from suite.cli.progress import Progress
    from suite.run.runner import Runner
    from suite.run.selection import Request

    registry, configured = _load(plugins, **limits)
    request = Request(
        tasks=_names(tasks),
        methods=_names(methods),
        seeds=(seeds,) if isinstance(seeds, int) else tuple(seeds),
        settings=tuple((axis, value) for axis, values in (settings or {}).items() for value in _names(values)),
        all_settings=all_settings,
        access=_names(access),
        standing=standing,
        tier=tier,
        overrides=tuple(_override(name, value) for name, value in (parameters or {}).items()),
        retry_failed=retry_failed,
        tune=tune,
    )
    with Progress() as progress:
        summary = Runner(registry, configured, progress, executor).run(request, limit)
        for error in summary.errors:
            progress.message(f"error: {error}")
    own = configured.model_copy(update={"published": False, "submissions": ()})
    return _frame(registry, own, lambda row: row.cell.id in summary.cells)


def scores(tasks: Names = "*", methods: Names = "*", *, plugins: Sequence[str | Path] = ()) -> pd.DataFrame:
    """Return the scores of every finished cell that the patterns match, of the store and published ones, one a row.

    Columns: ``task``, ``version``, ``protocol``, ``setting``, ``method``, ``parameters``, ``seed``, ``metric``,
    ``subset``, ``value``, ``low`` and ``high`` (of the interval over samples, where there is one), ``basis``, ``n``,
    ``partial``, ``run``, ``submission`` (empty for runs of the store). Values are as they are stored: fractions in
    0..1. Rows of different protocols are not comparable.
    """
    registry, configured = _load(plugins)
    return _frame(
        registry, configured, lambda row: _matches(row.cell.task, tasks) and _matches(row.cell.method, methods)
    )


def board(
    task: str,
    setting: Mapping[str, str] | None = None,
    *,
    together: bool = False,
    plugins: Sequence[str | Path] = (),
) -> pd.DataFrame:
    """Return the table of a task under a setting, the default one if none is given, one method a row.

    Columns: ``place``, and ``best`` and ``worst`` of the rank interval; ``tied``, whether it is not told apart from the
    best of the ``field`` methods that are ranked with it; standing and access; for each metric and subset the mean over
    seeds with ``low`` and ``high`` of its interval; the difference to the best; costs. ``suite board --format csv``
    prints the same.

    Raises:
        SuiteError: the task or setting is unknown, or has no results.
    """
    import pandas as pd

    from suite.board.artifact import load_board
    from suite.board.export import flat_rows

    registry, configured = _load(plugins)
    wanted = registry.tasks[task]().setting(setting or {})
    for table in load_board(configured, registry).of_task(task, dict(wanted)):
        if table.current:
            return pd.DataFrame(flat_rows(table.together() if together else table))
    options = "".join(f" --setting {axis}={value}" for axis, value in (setting or {}).items())
    raise SuiteError(f"no results of {task} ({wanted})", place="the store", next=f"suite run --task {task}{options}")


@dataclass(frozen=True)
class Evaluation:
    """One cell, run here.

    Attributes:
        scores: a row each: ``metric``, ``subset``, ``value``, ``low``, ``high``, ``basis``, ``n``, ``partial``.
        samples: what the scores follow from.
        cost: what the method spent.
        facts: what the task says of it.
    """

    scores: pd.DataFrame
    samples: Samples
    cost: dict[str, float]
    facts: dict[str, str]


def evaluate(
    method: Method | str,
    task: Task | str,
    seed: int = 0,
    setting: Mapping[str, str] | None = None,
    *,
    plugins: Sequence[str | Path] = (),
    **limits: Any,
) -> Evaluation:
    """Run one cell in this process and store nothing. The method may be an object of a class that nobody registered.

    What the method raises is raised here. Global generators are seeded, as a worker does.

    Raises:
        SuiteError: the task declines the method, or a name is unknown.
        Missing: data or weights are not at hand.
    """
    import pandas as pd

    from suite.cache import Cache
    from suite.contracts import Resources, TaskContext
    from suite.run import evaluation
    from suite.run.worker import device_of

    registry, configured = _load(plugins, **limits)
    instance = registry.tasks[task]() if isinstance(task, str) else task
    named = registry.method(instance.track, method).value() if isinstance(method, str) else method
    contracts = registry.tracks[instance.track].contracts
    if not isinstance(named, contracts):
        wanted = " or ".join(contract.__name__ for contract in contracts)
        raise SuiteError(
            f"{named!r} is not a method of the track {instance.track!r}: its class must derive from {wanted}",
            place="suite.evaluate",
            next=f"suite tasks show {instance.id}",
        )
    complete = instance.setting(setting or {})
    partners = [type(partner) for partner in named.beside.values()]
    if reason := instance.declines(type(named), complete, partners):
        raise SuiteError(
            f"{instance.id} cannot run {named.name}: {reason}",
            place=f"suite.evaluate, seed {seed}{f', {complete}' if complete else ''}",
            next=f"suite tasks show {instance.id}",
        )
    resources = Resources(configured, Cache(configured.cache_folder), device_of(configured), log=print)
    context = TaskContext(seed, resources, complete)
    evaluation.seed_everything(seed)
    evaluation.prepare(instance, context)
    evaluated = evaluation.evaluate(instance, named, context)
    rows = [_flat(score) for score in evaluated.scores]
    outcome = evaluated.outcome
    return Evaluation(pd.DataFrame(rows), outcome.samples, outcome.cost, outcome.facts)


def _frame(registry: Registry, settings: Settings, wanted: Callable[[RunRow], bool]) -> pd.DataFrame:
    """Return the scores of the finished runs that are wanted, one a row."""
    import pandas as pd

    from suite.store.archive import Archive

    archive = Archive(settings)
    try:
        runs = [(row, owner) for row, owner in archive.latest_runs() if row.state == "done" and wanted(row)]
    finally:
        archive.close()
    rows = [
        {
            "task": row.cell.task,
            "version": row.cell.task_version,
            "protocol": row.cell.protocol[:12],
            "setting": _setting(registry, row.cell.task, row.cell.setting),
            "method": row.cell.method.split("/", 1)[-1],
            "parameters": row.cell.parameters,
            "seed": row.cell.seed,
            **_flat(score),
            "run": row.id,
            "submission": owner.name if owner else "",
        }
        for row, owner in sorted(runs, key=lambda pair: _place(pair[0].cell))
        for score in row.scores
    ]
    return pd.DataFrame(rows, columns=SCORE_COLUMNS)


def _place(cell: CellRow) -> tuple[object, ...]:
    """Return by what the scores of a cell come before those of others: by what it is, and not by its hash."""
    return cell.task, cell.method, sorted(cell.setting.items()), canonical_json(cell.parameters), cell.seed


def _flat(score: Score | ScoreRow) -> dict[str, Any]:
    interval = score.interval
    return {
        "metric": score.metric,
        "subset": score.subset,
        "value": score.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "basis": interval.basis if interval else "",
        "n": score.n,
        "partial": score.partial,
    }


def _load(plugins: Sequence[str | Path], **limits: Any) -> tuple[Registry, Settings]:
    from suite.registry import load_registry
    from suite.settings import load_settings

    settings = load_settings(**limits)
    settings = settings.model_copy(update={"plugins": (*settings.plugins, *(Path(file).resolve() for file in plugins))})
    return load_registry(settings.plugins, settings.disabled_plugins), settings


def _names(names: Names) -> tuple[str, ...]:
    listed = (names,) if isinstance(names, str) else tuple(names) if isinstance(names, Iterable) else (names,)
    for name in listed:
        if not isinstance(name, str):
            raise SuiteError(
                f"{name!r} is not a name",
                place="suite.run or suite.scores",
                next="use suite.evaluate(method, task) for objects",
            )
    return listed


def _matches(name: str, patterns: Names) -> bool:
    short = name.split("/", 1)[-1]
    return any(fnmatchcase(name, pattern) or fnmatchcase(short, pattern) for pattern in _names(patterns))


def _override(name: str, value: Any) -> tuple[str, str, Any]:
    method, _, parameter = name.rpartition(".")
    return method, parameter, value


def _setting(registry: Registry, task: str, values: Mapping[str, str]) -> str:
    """Return a stored setting in words, with the defaults of axes that the task has got since."""
    from suite.contracts import Setting

    try:
        return str(registry.tasks[task]().setting(values))
    except SuiteError:  # the task, the axis or the value is not there any more
        return str(Setting(values))

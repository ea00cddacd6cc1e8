"""Results that a submission brings, held against what it says and against what the tasks declare."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from suite.contracts import Setting, Task
from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.foreign import judge
from suite.run.identity import metric_keys
from suite.run.scoring import scores_of
from suite.store.results.refusal import Refused
from suite.store.results.results import Results
from suite.store.submission import Submission
from suite.store.submission.document import Package
from suite.store.transfer.document import RunPart
from suite.submit.report import Problem, listed

PACK = "suite submit pack NAME"
SAME = 1e-6
"""By how much a score may differ that is made again from its samples, of its size: sums in another order."""


@dataclass(frozen=True)
class Wanted:
    """A cell that a submission names."""

    task: str
    setting: Setting
    method: str
    seed: int

    def __str__(self) -> str:
        setting = f" {self.setting}" if self.setting else ""
        return f"{self.task} {self.method.partition('/')[2]}{setting} seed {self.seed}"


def result_problems(of: Submission, results: Results, registry: Registry) -> list[Problem]:
    """Return what is wrong with results, each kind of fault once, with the runs that it is about."""
    wrong: dict[str, list[str]] = {}
    wanted = wanted_cells(of, registry)
    packages = {name: package for package in of.methods for name in package.names}
    judged = judge(registry)
    for run in results.runs:
        title = f"{run.cell.task} {run.cell.method} seed {run.cell.seed} (run {run.id[:8]})"
        environment = results.environments.get(run.environment or "", {})
        texts = [*_not_asked_for(run, wanted, registry), *_of_another(run, packages, environment, of.tier)]
        if run.ended < run.started:
            texts.append("it ended before it began")
        if run.state == "done" and not texts:
            complete = results.complete(run)
            texts += [text for text in [judged(complete)[0]] if text]
            texts += _other_scores(complete, results, registry)
        for text in texts:
            wrong.setdefault(text, []).append(title)
    problems = [Problem(f"{text}: {listed(titles, 3)}", "results", PACK) for text, titles in wrong.items()]
    present = {cell for run in results.runs if (cell := cell_of(run, registry)) is not None}
    lacking = [str(cell) for cell, needed in wanted.items() if needed and cell not in present]
    if not any(run.state == "done" for run in results.runs):
        problems.append(Problem("no run is done: they say nothing of the method", "results", PACK))
    if lacking:
        cause = f"{len(lacking)} cells that submission.yaml names have no run: {listed(lacking, 3)}"
        problems.append(Problem(cause, "results", "run them, or name fewer seeds, settings or methods"))
    return problems


def wanted_cells(of: Submission, registry: Registry) -> dict[Wanted, bool]:
    """Return the cells that a submission names, and whether each has to be there.

    A cell need not be there where the task declines a method that is installed.
    """
    cells: dict[Wanted, bool] = {}
    for runs in of.runs:
        if runs.task not in registry.tasks:
            continue
        task = registry.tasks[runs.task]()
        for values in runs.settings:
            try:
                setting = task.setting(values)
            except SuiteError:
                continue
            for method in of.methods_of(runs):
                declined = method in registry.methods and task.declines(registry.methods[method], setting)
                for seed in runs.seeds or task.seeds:
                    cells[Wanted(task.id, setting, method, seed)] = not declined
    return cells


def cell_of(run: RunPart, registry: Registry) -> Wanted | None:
    """Return what a run is of; None if its task or setting is not installed."""
    if run.cell.task not in registry.tasks:
        return None
    try:
        setting = registry.tasks[run.cell.task]().setting(run.cell.setting)
    except SuiteError:
        return None
    return Wanted(run.cell.task, setting, run.cell.method, run.cell.seed)


def _not_asked_for(run: RunPart, wanted: Mapping[Wanted, bool], registry: Registry) -> Iterator[str]:
    if run.cell.task not in registry.tasks:
        yield f"there is no task {run.cell.task!r}"
        return
    if cell_of(run, registry) not in wanted:
        yield "submission.yaml does not name this task, setting, method and seed"
    task = registry.tasks[run.cell.task]()
    if task.version != run.cell.task_version or _metrics(run) != metric_keys(task):
        yield f"{task.id} has another version ({task.version}) or other metrics here; the rows are not comparable"


def _of_another(
    run: RunPart, packages: Mapping[str, Package], environment: Mapping[str, object], tier: str
) -> Iterator[str]:
    package, plugin = packages.get(run.cell.method), environment.get("plugin")
    if package is None or run.state != "done":
        return
    said = plugin if isinstance(plugin, dict) else {}
    if canonicalize_name(str(said.get("distribution"))) != canonicalize_name(package.distribution):
        yield f"the method came from {said.get('distribution')}, not from {package.distribution}"
    elif said.get("version") != package.version:
        yield f"the method came from version {said.get('version')} of {package.distribution}, not {package.version}"
    elif tier == "code" and said.get("editable"):
        yield "the method's code could be edited in place (pip install -e): install the release and run again"


def _other_scores(run: RunPart, results: Results, registry: Registry) -> Iterator[str]:
    """Make the scores again from the samples, where they are in the folder."""
    task: Task = registry.tasks[run.cell.task]()
    try:
        table = results.table(run.samples)
        again = {} if table is None else {s.column: s.value for s in scores_of(task, task.samples.read(table))}
    except Refused as error:
        yield str(error)
        return
    except Exception as error:  # the columns are somebody's; what they break is theirs
        yield f"its samples are not those of the task ({type(error).__name__})"
        return
    said = {(score.metric, score.subset): score.value for score in run.scores}
    made = {(column.metric, column.subset): value for column, value in again.items()}
    clocks = {metric.name for metric in task.metrics if metric.unit == "s"}
    for key in (*said, *made) if made else ():
        values = said.get(key), made.get(key)
        if key[0] in clocks:
            continue
        if None in values or abs(values[0] - values[1]) > SAME * max(1.0, abs(values[1])):  # type: ignore[operator, arg-type]
            yield f"{' '.join(key)} is {values[0]}, and its samples give {values[1]}"
            return


def _metrics(run: RunPart) -> object:
    return json.loads(run.cell.identity)["metrics"]

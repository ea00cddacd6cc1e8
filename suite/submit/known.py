"""Tasks, settings, seeds, metrics and subsets that a submission names, held against those that are installed."""

from __future__ import annotations

from collections.abc import Iterator

from suite.contracts import Task
from suite.errors import SuiteError, did_you_mean
from suite.registry import Registry
from suite.store.submission import Submission
from suite.store.submission.document import Claim
from suite.store.submission.reading import FILE
from suite.submit.report import Problem


def known_problems(of: Submission, registry: Registry) -> Iterator[Problem]:
    """Yield what a submission names that there is not, and claims that no metric can have."""
    tracks = {entry.name for entry in registry.tracks}
    for name in of.names:
        if name.partition("/")[0] not in tracks:
            cause = (
                f"{name}: there is no track {name.partition('/')[0]!r}.{did_you_mean(name.partition('/')[0], tracks)}"
            )
            yield Problem(cause, f"{FILE} (methods)", "suite tasks")
    for number, runs in enumerate(of.runs):
        place = f"{FILE} (runs.{number})"
        task, missing = _task(runs.task, registry, place)
        yield from missing
        if task is None:
            continue
        for setting in runs.settings:
            yield from _setting(task, setting, place)
        for name in runs.methods:
            if name.partition("/")[0] != task.track:
                yield Problem(f"{name} is not of the track of {task.id}", place, f"suite tasks show {task.id}")
        for parameter in runs.parameters:
            owners = {each.partition("/")[2] for each in of.methods_of(runs)}
            if parameter.rpartition(".")[0] not in owners:
                yield Problem(f"{parameter} is a parameter of none of its methods", place, "write METHOD.NAME")
    for number, claim in enumerate(of.claims):
        place = f"{FILE} (claims.{number})"
        if claim.task in registry.tasks:  # if not, its runs have told so
            yield from _claim(claim, registry.tasks[claim.task](), place)


def _task(name: str, registry: Registry, place: str) -> tuple[Task | None, list[Problem]]:
    if name in registry.tasks:
        return registry.tasks[name](), []
    cause = f"there is no task {name!r}.{did_you_mean(name, [entry.name for entry in registry.tasks])}"
    return None, [Problem(cause, place, "suite tasks")]


def _setting(task: Task, values: dict[str, str], place: str) -> Iterator[Problem]:
    try:
        task.setting(values)
    except SuiteError as error:
        yield Problem(error.cause, place, error.next)


def _claim(claim: Claim, task: Task, place: str) -> Iterator[Problem]:
    yield from _setting(task, claim.setting, place)
    metrics = {metric.name: metric for metric in task.metrics}
    show = f"suite tasks show {task.id}"
    if claim.metric not in metrics:
        cause = f"{task.id} has no metric {claim.metric!r}.{did_you_mean(claim.metric, metrics)}"
        yield Problem(cause, place, show)
    elif not metrics[claim.metric].contains(claim.value):
        bounds = metrics[claim.metric].bounds
        yield Problem(f"{claim.metric} = {claim.value:g} is outside the metric's bounds {bounds}", place, show)
    if claim.subset not in task.subsets:
        cause = f"{task.id} has no subset {claim.subset!r}.{did_you_mean(claim.subset, task.subsets)}"
        yield Problem(cause, place, show)

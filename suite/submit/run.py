"""Running a submission: its methods apart from their judge, whoever wrote them; the results are in the store."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.runner import Runner
from suite.run.schedule import Deadline
from suite.run.selection import Request
from suite.run.summary import Reporter, Summary
from suite.settings import Settings
from suite.store.reading import Reader
from suite.store.rows import RunRow
from suite.store.submission import Submission
from suite.store.submission.document import Runs
from suite.submit.trusted import Bench, trusted_settings


@dataclass(frozen=True)
class Ran:
    """What running a submission came to: a summary of each request, its cells' runs, and how their methods were kept.

    ``confined`` are the words of `suite.run.split.confinement.WORDS` that hold for every run, ``container`` what it ran
    in, if all of them ran in one.
    """

    summaries: tuple[Summary, ...]
    runs: tuple[RunRow, ...]
    confined: tuple[str, ...]
    container: str | None


def run(
    folder: Path,
    of: Submission,
    settings: Settings,
    reporter: Reporter,
    *,
    tasks: Sequence[str] = (),
    seeds: Sequence[int] = (),
    limit: float = math.inf,
    container: bool | None = None,
) -> Ran:
    """Run what a submission names, or of it some tasks and seeds, into the store of the settings.

    The code of its methods is imported in processes that are confined, and nowhere else; for ``container`` see
    `trusted_settings`. Cells that are done there are not run again.

    Raises:
        SuiteError: it cannot be installed or loaded, a cell cannot be split, or no container starts that is asked for.
    """
    apart, deadline = trusted_settings(settings, of, container), Deadline(limit)
    summaries: list[Summary] = []
    with Bench(folder, of, settings) as bench:
        for entry in of.runs:
            if tasks and entry.task not in tasks:
                continue
            registry = bench.registry(dict(_parameters(entry, of)))
            for request in _requests(entry, of, registry, seeds):
                summaries.append(Runner(registry, apart, reporter).run(request, deadline.left()))
    if not summaries:
        raise SuiteError("nothing of the submission is chosen", place=str(folder), next="suite submit status FOLDER")
    runs = _runs(settings, {cell for summary in summaries for cell in summary.cells})
    isolation = [each.isolation or {} for each in runs if each.state == "done"]
    together = [set(each.get("confined", ())) for each in isolation]
    containers = {each.get("container") for each in isolation}
    return Ran(
        tuple(summaries),
        tuple(runs),
        tuple(sorted(set.intersection(*together))) if together else (),
        containers.pop() if len(containers) == 1 else None,
    )


def _requests(entry: Runs, of: Submission, registry: Registry, seeds: Sequence[int]) -> Iterator[Request]:
    task = registry.tasks[entry.task]()
    wanted = tuple(seed for seed in entry.seeds or task.seeds if not seeds or seed in seeds)
    for values in entry.settings:
        setting = task.setting(values)
        methods = [name for name in of.methods_of(entry) if not task.declines(registry.methods[name], setting)]
        if methods and wanted:
            overrides = [(name, key, value) for name, each in _parameters(entry, of) for key, value in each.items()]
            yield Request(
                tasks=(entry.task,),
                methods=tuple(methods),
                seeds=wanted,
                settings=tuple(values.items()),
                overrides=tuple(
                    each for each in overrides if _is_for_request(registry, *each[:2]) and each[0] in methods
                ),
            )


def _parameters(entry: Runs, of: Submission) -> list[tuple[str, dict[str, Any]]]:
    """Return the parameters of each method of an entry, as ``{"k": 7}`` of ``ood/knn`` for ``knn.k: 7``."""
    found: dict[str, dict[str, Any]] = {}
    for parameter, value in entry.parameters.items():
        name, _, key = parameter.rpartition(".")
        for method in of.methods_of(entry):
            if method.partition("/")[2] == name:
                found.setdefault(method, {})[key] = value
    return list(found.items())


def _is_for_request(registry: Registry, method: str, parameter: str) -> bool:
    """Tell whether a request has to name it: a stand-in was made with its parameters already, but for its partners."""
    entry = registry.methods.entry(method)
    return entry.plugin.folder is None or parameter in entry.value.partners


def _runs(settings: Settings, cells: set[str]) -> list[RunRow]:
    reader = Reader(settings.database_url)
    try:
        return [reader.run(row.id) for row in reader.latest_runs(scores=False) if row.cell.id in cells]
    finally:
        reader.close()

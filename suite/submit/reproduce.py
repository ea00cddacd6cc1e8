"""Reproducing a submission: recorded cells are run again, and what came of it is a state with its evidence."""

from __future__ import annotations

import platform
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import suite
from suite.errors import SuiteError
from suite.run.reproduce.reproduce import judged_again
from suite.run.reproduce.verdict import Verdict
from suite.run.summary import Reporter
from suite.settings import Settings
from suite.store.results.results import Results
from suite.store.rows import RunRow
from suite.store.submission import Submission
from suite.store.submission.history import State
from suite.submit.trusted import Bench, trusted_settings


@dataclass(frozen=True)
class Reproduced:
    """What came of it: of each cell the verdict, and of how many recorded ones these are a sample.

    ``state`` is ``reproduced``, ``disputed``, or None where no cell could be run again.
    """

    verdicts: tuple[tuple[RunRow, Verdict], ...]
    recorded: int
    state: State | None
    reason: str
    evidence: dict[str, Any]


def reproduce(
    folder: Path,
    of: Submission,
    results: Results,
    settings: Settings,
    reporter: Reporter,
    *,
    sample: int | None = None,
    tasks: Sequence[str] = (),
    methods: Sequence[str] = (),
    threads: int | None = None,
    tolerance: float | None = None,
    container: bool | None = None,
) -> Reproduced:
    """Run recorded cells again, all or a random sample, each method apart from its judge, and compare every score.

    Nothing is written but what the cache keeps. For ``container`` see `trusted_settings`.

    Raises:
        SuiteError: nothing was recorded that can be chosen, or the methods cannot be installed or loaded.
    """
    done = [run for run in results.runs if run.state == "done"]
    chosen = [run for run in done if _fits(run.cell.task, tasks) and _fits(run.cell.method, methods)]
    if not chosen:
        raise SuiteError("none of the chosen runs is finished", place=str(folder), next="suite submit status FOLDER")
    picked = [results.row(run) for run in (sampled(chosen, sample) if sample else chosen)]
    picked.sort(key=lambda run: (run.cell.task, str(run.cell.setting), run.cell.method, run.cell.seed))
    with Bench(folder, of, settings) as bench:
        registry = bench.registry()
        apart = settings if bench.confined is None and not container else trusted_settings(settings, of, container)
        judged = judged_again(picked, registry, apart, reporter, threads=threads, tolerance=tolerance)
    verdicts = tuple((run, verdict) for run, verdict, _ in judged)
    again = [made for _, _, made in judged if isinstance(made, RunRow)]
    return _reproduced(verdicts, len(done), tolerance, again)


def sampled(runs: Sequence[Any], number: int) -> list[Any]:
    """Return so many runs at random, of as many tasks and methods as can be."""
    waiting: list[Any] = list(runs)
    picked: list[Any] = []
    random.SystemRandom().shuffle(waiting)  # who submits cannot know which
    seen: Counter[str] = Counter()
    while waiting and len(picked) < number:
        run = min(waiting, key=lambda run: (seen[run.cell.task], seen[run.cell.method]))
        waiting.remove(run)
        picked.append(run)
        seen.update((run.cell.task, run.cell.method))
    return picked


def _fits(name: str, patterns: Sequence[str]) -> bool:
    from fnmatch import fnmatchcase

    names = (name, name.partition("/")[2])
    return not patterns or any(fnmatchcase(each, pattern) for pattern in patterns for each in names)


def _reproduced(
    verdicts: tuple[tuple[RunRow, Verdict], ...], recorded: int, tolerance: float | None, again: Sequence[RunRow]
) -> Reproduced:
    counts = Counter(verdict.verdict for _, verdict in verdicts)
    differences = [verdict.difference for _, verdict in verdicts if verdict.difference is not None]
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    state: State | None = None
    if counts["different"]:
        state = "disputed"
    elif counts["equal"] + counts["within tolerance"]:
        state = "reproduced"
    evidence = {
        "cells": len(verdicts),
        "recorded": recorded,
        **{verdict: counts[verdict] for verdict in ("equal", "within tolerance", "different", "cannot")},
        "largest difference": max(differences, default=None),
        "tolerance": tolerance if tolerance is not None else "from what changed in the surroundings",
        **_surroundings(again),
    }
    return Reproduced(verdicts, recorded, state, f"{len(verdicts)} of {recorded} cells run again: {told}", evidence)


def _surroundings(again: Sequence[RunRow]) -> dict[str, Any]:
    """Return what the cells were run on, and how their methods were kept apart."""
    document = next((run.environment for run in again if run.environment), {})
    isolations = [run.isolation or {} for run in again]
    confined = [set(isolation.get("confined", ())) for isolation in isolations]
    containers = {isolation.get("container") for isolation in isolations}
    return {
        "suite": suite.__version__,
        "processor": str((document.get("machine") or {}).get("cpu", "unknown"))[:200],
        "system": str(document.get("system", platform.platform()))[:200],
        "python": str(document.get("python", platform.python_version())),
        "split": bool(again) and all(isolation.get("split") for isolation in isolations),
        "confined": sorted(set.intersection(*confined)) if confined else [],
        "container": containers.pop() if len(containers) == 1 else None,
    }

"""Reproducing: which runs, run again, with a verdict on each, which is kept beside the run."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from suite.cache import Cache
from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.plan import SETTLED
from suite.run.reproduce.again import Wanted, scratch
from suite.run.reproduce.planned import CannotRepeat, repeated
from suite.run.reproduce.verdict import Verdict, compare
from suite.run.summary import Reporter
from suite.settings import Settings
from suite.store.archive import Archive
from suite.store.rows import Reproduction, RunRow, judged_digest
from suite.store.writing import Writer

MACHINE = ("timeout", "out-of-memory", "killed")
"""Ends that say more of the machine's limits than of the scores."""


def chosen(archive: Archive, prefixes: Sequence[str], tasks: Sequence[str], methods: Sequence[str]) -> list[RunRow]:
    """Return the runs that start with a prefix, and the finished ones of these tasks and methods, each once.

    Of a cell that is done in the store, the published runs are left out unless they are named.

    Raises:
        SuiteError: a prefix is of no run or of several, or nothing is chosen.
    """
    runs = {run.id: run for run in map(archive.run, prefixes)}
    done: set[str] = set()
    for row, _ in archive.latest_runs(scores=False) if tasks or methods else ():
        fits = _fits(row.cell.task, tasks) and _fits(row.cell.method, methods)
        if fits and row.state == "done" and row.cell.id not in done:
            done.add(row.cell.id)
            runs.setdefault(row.id, archive.run(row.id))
    if not runs:
        raise SuiteError("none of the chosen runs is finished", place="suite reproduce", next="suite board --runs")
    return sorted(runs.values(), key=lambda run: (run.cell.task, str(run.cell.setting), run.cell.method, run.cell.seed))


def reproduce(
    runs: Sequence[RunRow],
    registry: Registry,
    settings: Settings,
    reporter: Reporter,
    *,
    executor: str = "process",
    threads: int | None = None,
    tolerance: float | None = None,
    by: str = "",
) -> list[tuple[RunRow, Verdict]]:
    """Run the cells of these runs again, and keep and return the verdict on each; see `judged_again`.

    Raises:
        SuiteError: the store cannot be written, or the disk is full.
    """
    writer = Writer(settings.database_url)  # tells now, and not after hours, that it cannot be written
    try:
        judged = judged_again(
            runs, registry, settings, reporter, executor=executor, threads=threads, tolerance=tolerance
        )
        for run, verdict, again in judged:
            writer.keep_reproduction(_row(run, verdict, again, by))
    finally:
        writer.close()
    return [(run, verdict) for run, verdict, _ in judged]


def judged_again(
    runs: Sequence[RunRow],
    registry: Registry,
    settings: Settings,
    reporter: Reporter,
    *,
    executor: str = "process",
    threads: int | None = None,
    tolerance: float | None = None,
) -> list[tuple[RunRow, Verdict, RunRow | str | None]]:
    """Run the cells of these runs again, and return of each the verdict, and the run that came of it or why none did.

    They run with the recorded threads unless ``threads`` are given; what ran on the CPU runs there again. Nothing is
    kept: runs and scores of the store stay as they are.

    Raises:
        SuiteError: the disk is full.
    """
    verdicts: dict[str, Verdict] = {}
    wanted: dict[str, Wanted] = {}
    for run in runs:
        try:
            if run.state != "done":
                raise CannotRepeat(f"the run has no scores to compare: its state is {run.state}")
            device = "cpu" if run.device == "cpu" and settings.device == "auto" else settings.device
            cell = repeated(run.cell, registry, Cache(settings.cache_folder))
            order = (run.isolation or {}).get("order")
            wanted[run.id] = Wanted(cell, device, threads or run.threads or 1, order)
        except CannotRepeat as why:
            verdicts[run.id] = Verdict("cannot", str(why))
    with scratch(registry, settings, reporter, executor) as store:
        made = store.make(list(wanted.values()))
    judged: list[tuple[RunRow, Verdict, RunRow | str | None]] = []
    for run in runs:
        again = made.get(run.cell.id) if run.id in wanted else None
        if isinstance(again, RunRow):
            verdicts[run.id] = _verdict(run, again, wanted[run.id], tolerance)
        elif again is not None:
            verdicts[run.id] = Verdict("cannot", again)
        judged.append((run, verdicts[run.id], again))
    return judged


def _verdict(run: RunRow, again: RunRow, wanted: Wanted, tolerance: float | None) -> Verdict:
    if again.state == "done":
        return compare(run, again, wanted.cell.task, tolerance)
    verdict = "cannot" if again.state in MACHINE or again.state not in SETTLED else "different"
    return Verdict(verdict, f"the cell ended as {again.state} now: {(again.error or '').partition(chr(10))[0]}")


def _row(run: RunRow, verdict: Verdict, again: RunRow | str | None, by: str) -> Reproduction:
    made = again if isinstance(again, RunRow) else None
    return Reproduction(
        run=run.id,
        verdict=verdict.verdict,
        reason=verdict.reason,
        difference=verdict.difference,
        changed=verdict.changed,
        environment=made.environment if made else None,
        device=made.device if made else None,
        threads=made.threads if made else None,
        reproducer=by,
        judged=judged_digest(run),
    )


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return not patterns or any(
        fnmatchcase(each, pattern) for pattern in patterns for each in (name, name.split("/", 1)[-1])
    )

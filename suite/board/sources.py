"""What tables are made from: the store, if there is one, and what others have published."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from suite.board.declared import declared_method
from suite.board.samples import ReadTable
from suite.contracts import Interval, Method
from suite.errors import SuiteError
from suite.hashing import digest
from suite.registry import Registry
from suite.store.columns import Recorded, Scores, stacked
from suite.store.published import Published
from suite.store.rows import Reproduction, judged_digest
from suite.store.stored import StoredRun
from suite.store.transfer.document import RunPart

if TYPE_CHECKING:
    import pyarrow as pa

    from suite.store.reading import Reader

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Source:
    """What tables are made from, and what is registered.

    Attributes:
        registry: what is registered.
        reader: of the store; None if there is none.
        read: returns the stored table of a run of the store.
        published: submissions with results.
        refused: why others are left out, by name.
        scores: all of the store, for whoever makes most of its tables.
        verdicts: by run, what came of running its cell again the last time.
    """

    registry: Registry
    reader: Reader | None
    read: ReadTable
    published: Sequence[Published] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    scores: Recorded | None = None
    verdicts: Mapping[str, Reproduction] = field(default_factory=dict)

    @cached_property
    def declared(self) -> dict[str, type[Method]]:
        """Methods that submissions declare, for rows of those that are not installed here."""
        return {
            name: declared_method(name, said)
            for each in reversed(self.published)  # of two that declare it, the first one counts
            for name, said in each.declared.items()
            if name not in self.registry.methods
        }

    def stamps(self) -> dict[str, tuple[int, str]]:
        """Return {task: (number of runs, stamp)}; the stamp changes whenever its tables may."""
        own = self.reader.stamps() if self.reader is not None else {}
        again, elsewhere = self.reader.verdict_stamps() if self.reader is not None else ({}, "")
        stamps = {task: (count, f"{stamp}/{again.get(task, '')}") for task, (count, stamp) in own.items()}
        for task in sorted({task for each in self.published for task in each.tasks}):
            holding = [each for each in self.published if task in each.tasks]
            count, stamp = stamps.get(task, (0, ""))
            said = digest([stamp, elsewhere, [each.stamp for each in holding]])
            stamps[task] = count + sum(each.tasks[task] for each in holding), said
        return stamps

    def complete(self) -> Source:
        """Return all that is needed to make tables; submissions that are damaged are left out.

        So is one with a run that has the id of another cell's run. A verdict on a published run counts while the run
        is what was judged: a submission may be updated under the same ids.
        """
        sound, refused = [], dict(self.refused)
        verdicts = self.reader.verdicts() if self.reader is not None else {}
        cells = self.reader.judged() if self.reader is not None else {}
        for each in self.published:
            try:
                assert each.results.scores
            except SuiteError as error:
                refused[each.name] = error.cause
                log.warning("%s", error)
                continue
            told = {run.id: run.cell.id for run in each.results.runs}
            taken = next((run for run, cell in told.items() if cells.get(run, cell) != cell), None)
            if taken is None:
                sound.append(each)
                for run in each.results.runs:
                    if run.id in verdicts and run.id not in cells and not _is_about(verdicts[run.id], each, run):
                        del verdicts[run.id]
                cells |= told
            else:
                refused[each.name] = f"its run {taken} has the id of another cell's run"
        return replace(self, published=sound, refused=refused, verdicts=verdicts)

    def with_all_scores(self) -> Source:
        """Return the same with all scores of the store, which are read at once."""
        return self if self.reader is None else replace(self, scores=self.reader.all_scores())

    def runs_of(self, tasks: Sequence[str]) -> Runs:
        """Return the runs of these tasks with their scores: of each cell the finished run of the store, or its latest.

        Raises:
            SuiteError: the store does not answer, or is damaged.
        """
        holding = [each for each in self.published if not each.tasks.keys().isdisjoint(tasks)]
        own, scores = self.reader.columns(tasks, self.scores) if self.reader is not None else ([], stacked([]))
        as_text = self.reader is None or self.reader.times_are_texts
        known = {run.id for run in own}
        owners: dict[str, Published] = {}
        runs, parts = list(own), [scores]
        for each in holding:
            others = [run for run in each.results.stored(tasks, as_text=as_text) if run.id not in known]
            known |= {run.id for run in others}
            owners |= dict.fromkeys((run.id for run in others), each)
            runs += others
            parts.append(each.results.scores.recorded.scores(run.id for run in others if run.state == "done"))
        return Runs(self, runs, stacked(parts) if holding else scores, owners)


@dataclass(frozen=True)
class Runs:
    """Runs of a task, with their scores.

    Attributes:
        owners: by run, the submission that it is read from; runs of the store have none.
    """

    source: Source
    runs: Sequence[StoredRun]
    scores: Scores
    owners: Mapping[str, Published]

    def written(self, run: str) -> list[tuple[str, str]]:
        """Return metric and subset of a run's scores, in the order in which they were written."""
        owner = self.owners.get(run)
        if owner is not None:
            return owner.results.scores.written(run)
        return self.source.reader.recorded(run) if self.source.reader is not None else []

    def intervals(self, runs: Collection[str]) -> Mapping[tuple[str, str, str], Interval]:
        """Return the intervals over samples of these runs, by run, metric and subset."""
        own = [run for run in runs if run not in self.owners]
        found = self.source.reader.intervals(own) if self.source.reader is not None and own else {}
        for each, of_each in _by_owner(runs, self.owners):
            found |= each.results.scores.intervals(of_each)
        return found

    def table(self, run: StoredRun) -> pa.Table | None:
        """Return the stored samples of a run, if they are at hand."""
        owner = self.owners.get(run.id)
        return self.source.read(run.id) if owner is None else owner.results.table(run.samples)


def _is_about(verdict: Reproduction, owner: Published, run: RunPart) -> bool:
    return verdict.judged == judged_digest(owner.results.row(run))


def _by_owner(runs: Iterable[str], owners: Mapping[str, Published]) -> list[tuple[Published, list[str]]]:
    found: dict[str, tuple[Published, list[str]]] = {}
    for run in runs:
        if run in owners:
            found.setdefault(owners[run].name, (owners[run], []))[1].append(run)
    return list(found.values())

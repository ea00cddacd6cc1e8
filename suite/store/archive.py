"""Every run that is shown: those of the store, if there is one, and those that others have published."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from suite.errors import SuiteError
from suite.settings import Settings
from suite.store.engine import PATIENCE, has_store
from suite.store.published import Published, published
from suite.store.reading import NoSuchRun, Reader, not_one
from suite.store.rows import Reproduction, RunRow
from suite.store.samples import read_table
from suite.store.urls import shown

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger(__name__)


class Archive:
    """Reads runs wherever they are, as `Reader` does those of the store. A run that is in both is the store's.

    Attributes:
        reader: of the store; None if there is none.
        published: the submissions with results.

    Raises:
        SuiteError: there is no store and nothing published, or the store cannot be read.
    """

    def __init__(self, settings: Settings, patience: float = PATIENCE) -> None:
        self._settings = settings
        self.published = _sound(published(settings)[0])
        there = has_store(settings.database_url) or not self.published
        self.reader = Reader(settings.database_url, patience) if there else None

    def run(self, prefix: str) -> RunRow:
        """Return the run whose id starts with ``prefix``.

        Raises:
            NoSuchRun: none does.
            SeveralRuns: several do.
            SuiteError: the store does not answer.
        """
        try:
            own = self.reader.run(prefix) if self.reader is not None else None
        except NoSuchRun:
            own = None
        others = {
            run.id: (each, run)
            for each in reversed(self.published)
            for run in each.results.starting_with(prefix)
            if own is None or run.id != own.id
        }
        if own is not None and not others:
            return own
        if own is None and len(others) == 1:
            ((each, run),) = others.values()
            return each.results.row(run)
        ids = [*([own.id] if own is not None else []), *sorted(others)]
        raise not_one(prefix, ids, shown(self._settings.database_url))

    def published_as(self, run: RunRow) -> Published | None:
        """Return the submission that holds a run, whether the store has it too or not; None if there is none."""
        return next((each for each in self.published if each.results.starting_with(run.id)), None)

    def is_own(self, run: RunRow) -> bool:
        """Tell whether a run is in the store."""
        return self.reader is not None and self.reader.holds(run.id)

    def latest_runs(self, *, scores: bool = True) -> list[tuple[RunRow, Published | None]]:
        """Return for every cell of the store its finished run, or else its latest one, and every published run.

        With each stands the submission that it is read from; None for those of the store.
        """
        own = self.reader.latest_runs(scores=scores) if self.reader is not None else []
        known = {run.id for run in own}
        runs: list[tuple[RunRow, Published | None]] = [(run, None) for run in own]
        for each in self.published:
            others = [run for run in each.results.runs if run.id not in known]
            known |= {run.id for run in others}
            runs += [(each.results.row(run, scores=scores), each) for run in others]
        return runs

    def attempts(self, cell: str) -> list[RunRow]:
        """Return every run of a cell, without scores: those of the store by attempt, then published ones."""
        own = self.reader.attempts(cell) if self.reader is not None else []
        known = {run.id for run in own}
        parts = [(each, run) for each in self.published for run in each.results.runs if run.cell.id == cell]
        return own + [each.results.row(run, scores=False) for each, run in parts if run.id not in known]

    def reproductions(self, identifier: str) -> list[Reproduction]:
        """Return what came here of running a run's cell again, the first time first."""
        return self.reader.reproductions(identifier) if self.reader is not None else []

    def table(self, identifier: str) -> pa.Table | None:
        """Return the stored samples of a run, if they are at hand."""
        own = self.reader.samples(identifier) if self.reader is not None else None
        theirs = (run.samples for each in self.published for run in each.results.starting_with(identifier))
        return _table(self._settings, own or next(theirs, None), self.published)

    def close(self) -> None:
        """Close the store."""
        if self.reader is not None:
            self.reader.close()


def find_table(settings: Settings, sha256: str | None) -> pa.Table | None:
    """Return the samples of this sha256, of the store or of a submission; None if they are not at hand."""
    return _table(settings, sha256, published(settings)[0])


def _table(settings: Settings, sha256: str | None, others: Sequence[Published]) -> pa.Table | None:
    own = read_table(settings, sha256)
    if own is not None:
        return own
    for each in others:
        try:
            table = each.results.table(sha256)
        except SuiteError as error:  # one damaged file hides no other
            log.warning("samples of the submission %s count as gone: %s", each.name, error.cause)
            continue
        if table is not None:
            return table
    return None


def _sound(found: Sequence[Published]) -> list[Published]:
    """Leave out what is damaged: the board tells of it, and one submission hides no other."""
    sound = []
    for each in found:
        try:
            assert each.results.scores
        except SuiteError:
            continue
        sound.append(each)
    return sound

"""Merging: runs of another store into this one, in one transaction. What is here stays; what disagrees is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, func, select

from suite.errors import SuiteError
from suite.hashing import file_digest
from suite.settings import Settings
from suite.store.complaints import translated
from suite.store.rows import CellRow
from suite.store.samples import keep_samples, samples_path, sound_samples
from suite.store.schema import run, score
from suite.store.seals import seal
from suite.store.transfer.bundle import Bundle, opened
from suite.store.transfer.document import RunPart
from suite.store.writing import Writer

Judge = Callable[[RunPart], tuple[str, frozenset[str]]]
"""Says of a run what is wrong with its scores, nothing if it is fine, and which metrics a clock measures."""


@dataclass(frozen=True)
class Conflict:
    """A cell that is done here and there, with other scores: of each column the value here and the value there."""

    title: str
    here: str
    there: str
    scores: dict[str, tuple[float | None, float | None]]


@dataclass
class Merged:
    """What a merge did. ``known`` runs are here already, ``same`` cells are done here with the same scores."""

    added: int = 0
    known: int = 0
    same: int = 0
    kept: int = 0  # done here and failed there
    busy: list[str] = field(default_factory=list)  # cells that somebody is at here
    conflicts: list[Conflict] = field(default_factory=list)
    samples: int = 0


def merge(file: Path, settings: Settings, judge: Judge) -> Merged:
    """Bring the runs of a file into the store of the settings: all that it can take, or nothing.

    Raises:
        SuiteError: the file is refused, or the store cannot be written.
    """
    with TemporaryDirectory(prefix="suite-merge-") as folder, opened(file, Path(folder)) as bundle:
        clocks = {each.id: _judged(each, file, judge) for each in bundle.runs}
        merged, written = Merged(), []
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0).isoformat()
        origin = {"file": file.name, "sha256": file_digest(file), "merged": now, "by": bundle.manifest.by}
        origin["exported"] = bundle.manifest.exported.isoformat()
        store = _Store(settings.database_url)
        try:
            with translated(store.url), store.begin() as connection:
                added = [each for each in bundle.runs if store.take(connection, each, clocks[each.id], merged)]
                for sha256 in sorted({each.samples for each in added if each.samples} & bundle.samples.keys()):
                    if sound_samples(settings, sha256) is None:
                        written.append(samples_path(settings, sha256))
                        keep_samples(settings, bundle.samples[sha256])
                store.insert(connection, added, origin, bundle)
        except BaseException:
            for path in written:
                path.unlink(missing_ok=True)
            raise
        finally:
            store.close()
    merged.added, merged.samples = len(added), len(written)
    return merged


def _judged(each: RunPart, file: Path, judge: Judge) -> frozenset[str]:
    wrong, clocks = judge(each)
    if wrong:
        raise SuiteError(
            f"{file.name} is refused: run {each.id}: {wrong}. Nothing was written",
            place=str(file),
            next="ask its maker for another: suite export-runs FILE",
        )
    return clocks


class _Store(Writer):
    """The store, for runs that have ended elsewhere."""

    def begin(self) -> Any:
        """Begin the one transaction."""
        return self._engine.begin()

    def take(self, connection: Connection, each: RunPart, clocks: frozenset[str], merged: Merged) -> bool:
        """Tell whether a run is to be added; count why not.

        Raises:
            SuiteError: another run has its id, or another identity its cell.
        """
        cell = CellRow(**each.cell.model_dump())
        owner = connection.scalar(select(run.c.cell).where(run.c.id == each.id))
        if owner is not None and owner != cell.id:
            raise SuiteError(
                f"the file has another run with the id {each.id}. Nothing was written",
                place=self.url,
                next=f"suite show {each.id}",
            )
        self._ensure_cell(connection, cell)
        if owner is None:
            self._free_dead(connection, cell.id)
        rows = connection.execute(select(run.c.id, run.c.state).where(run.c.cell == cell.id)).all()
        states = {row.state: row.id for row in rows}
        if "done" in states and each.state == "done":
            different = self._different(connection, states["done"], each, clocks)
            if different:
                merged.conflicts.append(Conflict(cell.title, states["done"], each.id, different))
            elif states["done"] == each.id:
                merged.known += 1
            else:
                merged.same += 1
            return False
        if owner is not None or "done" in states:
            merged.known += owner is not None
            merged.kept += owner is None
            return False
        if "running" in states:
            merged.busy.append(cell.title)
            return False
        return True

    def insert(self, connection: Connection, runs: Sequence[RunPart], origin: dict[str, Any], bundle: Bundle) -> None:
        """Add runs with their scores, each as the next attempt at its cell."""
        for each in runs:
            latest = connection.scalar(select(func.max(run.c.attempt)).where(run.c.cell == each.cell.id)) or 0
            values = each.model_dump(exclude={"cell", "scores", "environment", "origin"})
            if each.environment is not None:
                values["environment"] = self._ensure_environment(connection, bundle.environments[each.environment])
            came = {**origin, "before": each.origin} if each.origin else origin
            connection.execute(run.insert().values(cell=each.cell.id, attempt=latest + 1, origin=came, **values))
            if each.scores:
                connection.execute(score.insert(), [{"run": each.id, **part.model_dump()} for part in each.scores])
        seal(connection, [each.id for each in runs])

    def _different(
        self, connection: Connection, here: str, each: RunPart, clocks: frozenset[str]
    ) -> dict[str, tuple[float | None, float | None]]:
        query = select(score.c.metric, score.c.subset, score.c.value).where(score.c.run == here)
        ours = {(row.metric, row.subset): row.value for row in connection.execute(query) if row.metric not in clocks}
        theirs = {(part.metric, part.subset): part.value for part in each.scores if part.metric not in clocks}
        pairs = {key: (ours.get(key), theirs.get(key)) for key in {**ours, **theirs}}
        return {" ".join(key): pair for key, pair in pairs.items() if pair[0] != pair[1]}

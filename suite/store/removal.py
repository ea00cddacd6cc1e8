"""Removal: runs go with their scores and verdicts, and what only they referred to; their cells can run again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select

from suite.settings import Settings
from suite.store.complaints import translated
from suite.store.engine import reader_engine
from suite.store.health import under_way, unused_cells, unused_environments
from suite.store.logs import Logs
from suite.store.migrate import check_revision
from suite.store.opening import open_to_write
from suite.store.samples import samples_lock, samples_path
from suite.store.schema import cell, environment, reproduction, run, score

_CHUNK = 500


@dataclass
class Forgotten:
    """What is gone: ids of runs, how many scores and cells, and the files of samples and logs
    with the bytes that they took.

    ``running`` are runs that were chosen, and are under way: they stay.
    """

    runs: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    scores: int = 0
    cells: int = 0
    files: list[Path] = field(default_factory=list)
    bytes: int = 0


@dataclass(frozen=True)
class Wanted:
    """Which runs: those that meet every condition; an empty one is met by all.

    ``tasks`` and ``methods`` are patterns, of names with or without their track; ``older`` is in seconds since the run
    ended, or began if it has no end.
    """

    ids: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    older: float = 0.0


def runs_of(settings: Settings, wanted: Wanted) -> list[Any]:
    """Return ``id``, ``state``, ``task``, ``method`` and ``seed`` of every attempt that is wanted, the oldest first.

    Raises:
        SuiteError: there is no store, or it does not answer.
    """
    url = settings.database_url
    engine = reader_engine(url)
    at = func.coalesce(run.c.ended, run.c.started)
    before = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=wanted.older)
    query = select(run.c.id, run.c.state, cell.c.task, cell.c.method, cell.c.seed).join(cell, run.c.cell == cell.c.id)
    if wanted.states:
        query = query.where(run.c.state.in_(wanted.states))
    if wanted.older:
        query = query.where(at < before)
    try:
        check_revision(engine, url)
        with translated(url), engine.connect() as connection:
            rows = connection.execute(query.order_by(at, run.c.id)).all()
    finally:
        engine.dispose()
    return [
        row
        for row in rows
        if (not wanted.ids or row.id.startswith(wanted.ids))
        and _fits(row.task, wanted.tasks)
        and _fits(row.method, wanted.methods)
    ]


def forget(settings: Settings, runs: Sequence[str], files: Sequence[Path] = (), *, really: bool) -> Forgotten:
    """Forget runs, cells and environments of no run, and besides these ``files``.

    Without ``really`` all of it is done and taken back, so that what is told is what would go.

    Raises:
        SuiteError: the store cannot be written.
    """
    engine = open_to_write(settings.database_url)
    gone = Forgotten()
    try:
        with samples_lock(settings), translated(settings.database_url), engine.connect() as connection:
            samples: set[str] = set()
            for part in _chunks(runs):
                # What was chosen may have been claimed since: the database's word at this moment counts.
                rows = connection.execute(select(run.c.id, run.c.samples).where(run.c.id.in_(part))).all()
                going = set(under_way(connection)) & set(part)
                gone.running += sorted(going)
                ended = [row.id for row in rows if row.id not in going]
                samples |= {row.samples for row in rows if row.samples is not None and row.id not in going}
                gone.scores += connection.execute(delete(score).where(score.c.run.in_(ended))).rowcount
                connection.execute(delete(reproduction).where(reproduction.c.run.in_(ended)))
                connection.execute(delete(run).where(run.c.id.in_(ended)))
                gone.runs += ended
            for part in _chunks(cells := unused_cells(connection)):
                connection.execute(delete(cell).where(cell.c.id.in_(part)))
            for part in _chunks(unused_environments(connection)):
                connection.execute(delete(environment).where(environment.c.id.in_(part)))
            gone.cells = len(cells)
            for part in _chunks(sorted(samples)):
                samples -= set(connection.scalars(select(run.c.samples).where(run.c.samples.in_(part))))
            of_samples = (samples_path(settings, sha256) for sha256 in sorted(samples))
            of_logs = map(Logs(settings).path, gone.runs)
            unfinished = (settings.pending / identifier for identifier in gone.runs)
            everything = dict.fromkeys((*of_samples, *of_logs, *unfinished, *files))
            gone.files = [path for path in everything if path.exists()]
            gone.bytes = sum(path.stat().st_size for path in gone.files if path.is_file())
            if really:
                connection.commit()
                for path in gone.files:
                    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            else:
                connection.rollback()
    finally:
        engine.dispose()
    return gone


def _fits(name: str, patterns: Sequence[str]) -> bool:
    short = name.split("/", 1)[-1]
    return not patterns or any(fnmatchcase(name, each) or fnmatchcase(short, each) for each in patterns)


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield parts of a list: databases bound how many ids one query names."""
    for start in range(0, len(names), _CHUNK):
        yield names[start : start + _CHUNK]

"""Brings a board up to date: only the tables of tasks whose runs or whose plugin have changed are made anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from suite.board.build import Source, build_tables
from suite.board.files import holds, put_index, put_table, read_index
from suite.board.model import Entry, Index, Track
from suite.board.shelf import Shelf
from suite.board.stamps import Stored, stamped


def refresh(source: Source, shelf: Shelf) -> Index:
    """Return the index of a board that is up to date, having made and put in place what was not.

    One process at a time does so; another one waits, and finds the work done.

    Raises:
        SuiteError: the store does not answer, or is damaged. The files stay as they are.
    """
    stored, not_installed = stamped(source.reader.stamps(), source.registry)
    tracks = tuple(
        Track(name=entry.name, title=entry.value.title, question=entry.value.question)
        for entry in source.registry.tracks
    )
    if (known := _current(shelf, stored, tracks, not_installed)) is not None:
        return known
    with _alone(shelf):
        if (known := _current(shelf, stored, tracks, not_installed)) is not None:
            return known
        kept = _kept(shelf, stored)
        entries = [
            entry for task, of_task in stored.items() for entry in kept.get(task) or _made(source, shelf, task, of_task)
        ]
        import suite

        index = Index(
            suite=suite.__version__,
            built=datetime.now(UTC).isoformat(timespec="seconds"),
            stamp="",
            tracks=tracks,
            built_from={task: of_task.stamp for task, of_task in stored.items()},
            not_installed=not_installed,
            entries=tuple(entries),
        )
        return put_index(shelf, index)


def _current(
    shelf: Shelf, stored: dict[str, Stored], tracks: tuple[Track, ...], not_installed: dict[str, int]
) -> Index | None:
    """Return the index as it lies there, if nothing has changed since."""
    index = read_index(shelf)
    if index is None or (index.tracks, index.not_installed) != (tracks, not_installed):
        return None
    if index.built_from != {task: of_task.stamp for task, of_task in stored.items()}:
        return None
    return index if all(holds(shelf, entry) for entry in index.entries) else None


def _kept(shelf: Shelf, stored: dict[str, Stored]) -> dict[str, list[Entry]]:
    """Return the entries of the tasks of which nothing has changed, and whose files are all there."""
    index = read_index(shelf)
    if index is None:
        return {}
    by_task: dict[str, list[Entry]] = {}
    for entry in index.entries:
        by_task.setdefault(entry.task, []).append(entry)
    return {
        task: entries
        for task, entries in by_task.items()
        if task in stored and index.built_from.get(task) == stored[task].stamp
        if all(holds(shelf, entry) for entry in entries)
    }


def _made(source: Source, shelf: Shelf, task: str, stored: Stored) -> Iterator[Entry]:
    for table, scores in build_tables(source, source.registry.tasks[task](), stored.names):
        yield put_table(shelf, table, scores)


@contextmanager
def _alone(shelf: Shelf) -> Iterator[None]:
    from filelock import FileLock

    lock = None
    if shelf.folder is not None:
        with suppress(OSError):  # whoever cannot write there makes a board in memory, beside nobody
            shelf.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(shelf.folder / ".lock")
            lock.acquire()
    try:
        yield
    finally:
        if lock is not None:
            lock.release()

"""Brings a board up to date: only the tables of tasks whose runs or whose plugin have changed are made anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from suite.board.build import build_tables
from suite.board.files import holds, put_index, put_table, read_index
from suite.board.model import Entry, Index, Track
from suite.board.ready import READY, ready_tables
from suite.board.shelf import Shelf
from suite.board.sources import Source
from suite.board.stamps import Stored, stamped

FEW = 2
"""If at least one in so many tasks has changed, all scores are read at once: a scan takes half of the time a score."""


def refresh(source: Source, shelf: Shelf, ready: Path = READY) -> Index:
    """Return the index of a board that is up to date, having made and put in place what was not.

    One process at a time does so; another one waits, and finds the work done. Tables that lie ready in a folder are
    taken from it.

    Raises:
        SuiteError: the store does not answer, or is damaged. The files stay as they are.
    """
    with _alone(shelf), _uncollected():
        stored, not_installed = stamped(source.stamps(), source.registry)
        known = read_index(shelf)
        kept = _kept(known, shelf, stored)
        names = {each.name for each in source.published}
        refused = {name: why for name, why in known.refused.items() if name in names} if known else {}
        if len(kept) < len(stored) and source.published:
            put = ready_tables(shelf, ready)
            kept |= {task: put(task, of_task.stamp) for task, of_task in stored.items() if task not in kept}
            kept = {task: entries for task, entries in kept.items() if entries}
        if len(kept) < len(stored):
            source, refused = source.complete(), {}
        if FEW * (len(stored) - len(kept)) > len(stored):
            source = source.with_all_scores()
        entries = [
            entry for task, of_task in stored.items() for entry in kept.get(task) or _made(source, shelf, task, of_task)
        ]
        import suite

        index = Index(
            suite=suite.__version__,
            built=datetime.now(UTC).isoformat(timespec="seconds"),
            stamp="",
            tracks=tuple(
                Track(name=entry.name, title=entry.value.title, question=entry.value.question)
                for entry in source.registry.tracks
            ),
            built_from={task: of_task.stamp for task, of_task in stored.items()},
            not_installed=not_installed,
            refused={**refused, **source.refused},
            entries=tuple(entries),
        )
        if known is not None and index.model_copy(update={"built": known.built, "stamp": known.stamp}) == known:
            return known
        return put_index(shelf, index)


def _kept(index: Index | None, shelf: Shelf, stored: dict[str, Stored]) -> dict[str, list[Entry]]:
    """Return the entries of the tasks of which nothing has changed, and whose files are all there."""
    by_task: dict[str, list[Entry]] = {}
    for entry in index.entries if index else ():
        by_task.setdefault(entry.task, []).append(entry)
    return {
        task: entries
        for task, entries in by_task.items()
        if index and task in stored and index.built_from.get(task) == stored[task].stamp
        if all(holds(shelf, entry) for entry in entries)
    }


def _made(source: Source, shelf: Shelf, task: str, stored: Stored) -> Iterator[Entry]:
    for table, scores in build_tables(source, source.registry.tasks[task](), stored.names):
        yield put_table(shelf, table, scores)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python from looking for cycles: what is made here has none, and looking takes a fifth of the time."""
    import gc

    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


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

"""The desk: takes uploads of those who may hand in, and tells what became of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool

from suite.server.limits import Counter, Limits
from suite.server.reception import Reception
from suite.server.refusal import Refusal
from suite.store.intake import Entry, Queue
from suite.store.tokens import Token


class Desk:
    """Stands between the endpoints and the queue."""

    def __init__(self, queue: Queue, folder: Path, limits: Limits, counter: Counter) -> None:
        self._queue = queue
        self._folder = folder
        self._limits = limits
        self._counter = counter

    async def check_room(self, token: Token) -> None:
        """Count one upload of this holder; raise `Refusal` if it is one too many, now or in this hour."""
        self._counter.upload(token.holder)
        if await run_in_threadpool(self._queue.waiting, token.holder) >= self._limits.waiting_of_holder:
            cause = f"{self._limits.waiting_of_holder} uploads of this holder wait already"
            raise Refusal(429, cause, next="wait until some are checked", headers={"Retry-After": "600"})
        if await run_in_threadpool(self._queue.waiting) >= self._limits.waiting:
            raise Refusal(503, "the queue is full", next="try again later", headers={"Retry-After": "600"})

    @asynccontextmanager
    async def reception(self) -> AsyncIterator[Reception]:
        """Return where an upload goes; it leaves nothing behind unless it is entered."""
        reception = Reception(self._folder, self._limits.upload_bytes)
        try:
            yield reception
        finally:
            reception.drop()

    async def enter(self, token: Token, reception: Reception) -> tuple[Entry, bool]:
        """Enter what was received into the queue; returns its entry, and whether it is new."""
        sha256 = await run_in_threadpool(reception.finish)
        return await run_in_threadpool(self._queue.put, token, sha256, reception.size, reception.keep)

    async def entry(self, token: Token, identifier: str) -> Entry:
        """Return an entry that the holder may see. Raises `Refusal` if there is none."""
        holder = None if token.may("maintainer") else token.holder
        entry = await run_in_threadpool(self._queue.entry, identifier, holder)
        if entry is None:
            raise Refusal(404, "you have no such submission", next="GET /api/submissions")
        return entry

    async def entries(self, token: Token, state: str | None, before: int | None, limit: int) -> list[Entry]:
        """Return the entries that the holder may see, the newest first."""
        holder = None if token.may("maintainer") else token.holder
        return await run_in_threadpool(self._queue.entries, holder, state=state, before=before, limit=limit)

    async def told(self, entry: Entry) -> dict[str, Any]:
        """Return all that there is to tell of an entry, as JSON takes it."""
        history = await run_in_threadpool(self._queue.history, entry)
        return summary(entry) | {
            "place": await run_in_threadpool(self._queue.place, entry),
            "history": [{"time": stamp(event.made), "state": event.state, "reason": event.reason} for event in history],
        }


def summary(entry: Entry) -> dict[str, Any]:
    """Return what a list tells of an entry."""
    shown = ("number", "id", "state", "reason", "name", "holder", "sha256", "bytes")
    return {name: getattr(entry, name) for name in shown}


def stamp(time: datetime | None) -> str | None:
    """Return a time of the store, which is UTC, as ISO 8601."""
    return None if time is None else f"{time.isoformat(timespec='seconds')}Z"

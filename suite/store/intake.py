"""The queue of uploads: each is checked once, by one worker, however many there are and however they die."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from suite.store.complaints import translated
from suite.store.engine import reader_engine
from suite.store.opening import LEASE_SECONDS, has_run_out, in_seconds, open_to_write
from suite.store.owner import is_known_dead, this_process
from suite.store.patience import patiently
from suite.store.schema import intake, intake_event
from suite.store.tokens import Token

ATTEMPTS = 3
"""How many workers may die over one upload."""


@dataclass(frozen=True)
class Entry:
    """An upload and what became of it."""

    number: int
    id: str
    sha256: str
    bytes: int
    holder: str
    state: str
    reason: str | None
    name: str | None
    attempts: int


@dataclass(frozen=True)
class Event:
    """A state that an upload came to, when (UTC), and why."""

    made: datetime
    state: str
    reason: str | None


class Queue:
    """The uploads of a store. Every method is one short transaction.

    A store that is away is waited for, ``patience`` seconds each time.
    """

    def __init__(self, url: str, patience: float = 0.0) -> None:
        self.owner = this_process()
        self.url = url
        self.patience = patience
        self._writer = open_to_write(url)
        self._reader = reader_engine(url)

    @patiently
    def put(self, token: Token, sha256: str, size: int, keep: Callable[[str], object]) -> tuple[Entry, bool]:
        """Return the entry of an upload, and whether it is new.

        The same bytes from the same holder are one entry; one whose check failed waits again. ``keep`` is called with
        the id of an entry that will wait, and puts the file where a worker finds it, before anybody sees the entry.
        """
        mine = and_(intake.c.holder == token.holder, intake.c.sha256 == sha256)
        try:
            with translated(self.url), self._writer.begin() as connection:
                row = connection.execute(select(intake).where(mine)).one_or_none()
                if row is None:
                    values = {"id": secrets.token_hex(16), "sha256": sha256, "bytes": size, "holder": token.holder}
                    connection.execute(intake.insert().values(**values, token=token.id, state="waiting"))
                    row = connection.execute(select(intake).where(mine)).one()
                    _tell(connection, row.number, "waiting", "uploaded")
                    keep(row.id)
                    return _entry(row), True
                if row.state == "failed":
                    again = {"state": "waiting", "reason": None, "attempts": 0, "name": None}
                    connection.execute(update(intake).where(mine).values(again))
                    _tell(connection, row.number, "waiting", "uploaded again")
                    keep(row.id)
                    row = connection.execute(select(intake).where(mine)).one()
                return _entry(row), False
        except IntegrityError:  # on PostgreSQL the same upload may come twice at once
            with translated(self.url), self._reader.connect() as connection:
                return _entry(connection.execute(select(intake).where(mine)).one()), False

    @patiently
    def entry(self, identifier: str, holder: str | None) -> Entry | None:
        """Return an entry, or None if there is none, or none of this holder's; None stands for every holder."""
        wanted = [intake.c.id == identifier, *([intake.c.holder == holder] if holder is not None else [])]
        with translated(self.url), self._reader.connect() as connection:
            row = connection.execute(select(intake).where(*wanted)).one_or_none()
        return None if row is None else _entry(row)

    @patiently
    def entries(self, holder: str | None, *, state: str | None, before: int | None, limit: int) -> list[Entry]:
        """Return entries, the newest first; ``before`` is the number of the last one that was seen."""
        wanted = (
            *([intake.c.holder == holder] if holder is not None else []),
            *([intake.c.state == state] if state is not None else []),
            *([intake.c.number < before] if before is not None else []),
        )
        query = select(intake).where(*wanted).order_by(intake.c.number.desc()).limit(limit)
        with translated(self.url), self._reader.connect() as connection:
            return [_entry(row) for row in connection.execute(query)]

    @patiently
    def history(self, entry: Entry) -> list[Event]:
        """Return the states that an entry came to, the first one first."""
        columns = (intake_event.c.made, intake_event.c.state, intake_event.c.reason)
        query = select(*columns).where(intake_event.c.entry == entry.number).order_by(intake_event.c.id)
        with translated(self.url), self._reader.connect() as connection:
            return [Event(*row) for row in connection.execute(query)]

    @patiently
    def place(self, entry: Entry) -> int | None:
        """Return the entry's place among those that wait, from 1; None if it does not wait."""
        if entry.state != "waiting":
            return None
        query = select(func.count()).where(intake.c.state == "waiting", intake.c.number <= entry.number)
        with translated(self.url), self._reader.connect() as connection:
            return int(connection.scalar(query) or 1)

    @patiently
    def waiting(self, holder: str | None = None) -> int:
        """Return how many uploads wait or are checked, of this holder or of all."""
        wanted = [intake.c.state.in_(("waiting", "checking")), *([intake.c.holder == holder] if holder else [])]
        with translated(self.url), self._reader.connect() as connection:
            return int(connection.scalar(select(func.count()).select_from(intake).where(*wanted)) or 0)

    @patiently
    def open_files(self) -> set[str]:
        """Return the names of the uploaded files that are still needed."""
        query = select(intake.c.id).where(intake.c.state.in_(("waiting", "checking")))
        with translated(self.url), self._reader.connect() as connection:
            return set(connection.scalars(query))

    @patiently
    def claim(self) -> Entry | None:
        """Take the upload that has waited longest, or one whose worker is gone; None if there is none.

        An upload over which `ATTEMPTS` workers died is failed, so that it cannot stop those behind it.
        """
        self._free_dead()
        free = intake.c.state == "waiting"
        first = select(intake.c.number).where(free).order_by(intake.c.number).limit(1)
        claimed = (
            update(intake)
            .where(intake.c.number == first.with_for_update(skip_locked=True).scalar_subquery(), free)
            .values(
                state="checking",
                owner=self.owner,
                attempts=intake.c.attempts + 1,
                lease_until=in_seconds(self._writer, LEASE_SECONDS),
            )
            .returning(intake)
        )
        with translated(self.url), self._writer.begin() as connection:
            row = connection.execute(claimed).one_or_none()
            if row is None:
                return None
            _tell(connection, row.number, "checking", None)
        return _entry(row)

    def renew(self, entry: Entry) -> None:
        """Extend the claim of this worker."""
        self._update(entry, lease_until=in_seconds(self._writer, LEASE_SECONDS))

    def reserve(self, entry: Entry, name: str) -> bool:
        """Take a name for an upload that is being checked; False if another upload has it."""
        try:
            return self._update(entry, name=name)
        except IntegrityError:
            return False

    def end(self, entry: Entry, state: str, reason: str | None) -> bool:
        """Record the verdict of this worker; False if another one has taken the upload over meanwhile.

        ``waiting`` gives an upload back unchecked, which is no attempt.
        """
        values: dict[str, Any] = {"state": state, "reason": reason, "owner": None, "lease_until": None}
        if state == "waiting":
            values["attempts"] = intake.c.attempts - 1
        return self._update(entry, event=(state, reason), **values)

    @patiently
    def _update(self, entry: Entry, /, event: tuple[str, str | None] | None = None, **values: Any) -> bool:
        mine = (intake.c.number == entry.number, intake.c.state == "checking", intake.c.owner == self.owner)
        with translated(self.url), self._writer.begin() as connection:
            changed = connection.execute(update(intake).where(*mine).values(**values)).rowcount == 1
            if changed and event is not None:
                _tell(connection, entry.number, *event)
        return changed

    @patiently
    def _free_dead(self) -> None:
        expired = has_run_out(self._writer, intake.c.lease_until)
        columns = (intake.c.number, intake.c.owner, intake.c.attempts, expired.label("expired"))
        with translated(self.url), self._writer.begin() as connection:
            for row in connection.execute(select(*columns).where(intake.c.state == "checking")).all():
                if not (row.expired or is_known_dead(row.owner)):
                    continue
                given_up = row.attempts >= ATTEMPTS
                state = "failed" if given_up else "waiting"
                reason = f"the worker died {row.attempts} times over it" if given_up else "its worker is gone"
                same = (intake.c.number == row.number, intake.c.owner == row.owner, intake.c.state == "checking")
                values = {"state": state, "reason": reason if given_up else None, "name": None, "owner": None}
                if connection.execute(update(intake).where(*same).values(**values)).rowcount:
                    _tell(connection, row.number, state, reason)


def _tell(connection: Connection, number: int, state: str, reason: str | None) -> None:
    connection.execute(intake_event.insert().values(entry=number, state=state, reason=reason))


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__dataclass_fields__})

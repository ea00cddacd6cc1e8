"""Writing: claim a cell, keep the claim, record how the run ended. Every method is one short transaction."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, not_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import update

from suite.errors import SuiteError
from suite.hashing import digest
from suite.store.complaints import translated
from suite.store.engine import PATIENCE
from suite.store.opening import LEASE_SECONDS, has_run_out, in_seconds, open_to_write
from suite.store.owner import is_known_dead, this_process
from suite.store.patience import patiently
from suite.store.rows import CellRow, Reproduction, RunResult
from suite.store.schema import CANCELLED, cell, environment, reproduction, run, score
from suite.store.seals import seal
from suite.store.urls import shown

_CANCELLED: ColumnElement[bool] = and_(run.c.state == "stale", func.coalesce(run.c.error, "").startswith(CANCELLED))


class Writer:
    """The store, open for writing. Creates it if it does not exist.

    A store that answers now and is away later is waited for, ``patience`` seconds each time.

    Raises:
        SuiteError: the database cannot be written, or its schema is of another version; `Away` from any method if the
            patience has ended.
    """

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self.url = url
        self.patience = patience
        self.owner = this_process()
        self._engine = open_to_write(url)
        with translated(url), self._engine.begin() as connection:  # tell now, not after hours, that it is read-only
            connection.execute(update(run).where(false()).values(state=run.c.state))

    def claim(
        self, wanted: CellRow, command: Sequence[str], attempts: int | None = None, identifier: str | None = None
    ) -> str | None:
        """Return the id of a new run of this cell, or None if it is done or somebody else is at it.

        ``identifier`` is the id, if the caller has drawn one, so as to know what to release whatever interrupts this.

        The unique index on taken cells decides between several claimants, so a cell is never run twice. ``attempts``
        is how many the caller knew of: if somebody else has tried since and failed, that is left at that.

        Raises:
            SuiteError: the store holds another identity under this cell's hash.
        """
        return self._claim(wanted, command, attempts, identifier or secrets.token_hex(8))

    @patiently
    def _claim(self, wanted: CellRow, command: Sequence[str], attempts: int | None, identifier: str) -> str | None:
        try:
            with translated(self.url), self._engine.begin() as connection:
                if connection.scalar(select(run.c.id).where(run.c.id == identifier)) is not None:
                    return identifier  # the connection broke after this was committed
                self._ensure_cell(connection, wanted)
                self._free_dead(connection, wanted.id)
                ended = or_(run.c.state.not_in(("stale", "late")), _CANCELLED)
                tried = connection.scalar(select(func.max(run.c.attempt)).where(run.c.cell == wanted.id, ended)) or 0
                if attempts is not None and tried > attempts:
                    return None
                attempt = connection.scalar(select(func.max(run.c.attempt)).where(run.c.cell == wanted.id)) or 0
                connection.execute(
                    run.insert().values(
                        id=identifier,
                        cell=wanted.id,
                        attempt=attempt + 1,
                        state="running",
                        owner=self.owner,
                        lease_until=in_seconds(self._engine, LEASE_SECONDS),
                        command=list(command),
                    )
                )
            return identifier
        except IntegrityError:
            return None

    def renew_leases(self) -> None:
        """Extend the claims of this process. Waits for no store that is away: whoever renews comes again."""
        mine = and_(run.c.owner == self.owner, run.c.state == "running")
        with translated(self.url), self._engine.begin() as connection:
            connection.execute(update(run).where(mine).values(lease_until=in_seconds(self._engine, LEASE_SECONDS)))

    def end(self, identifier: str, result: RunResult) -> str:
        """Record how a run ended, with its scores, in one transaction; returns the state.

        If another run has taken the cell over meanwhile, the state becomes ``late``: kept, and not counted.
        """
        try:
            self._end(identifier, result, result.state)
        except IntegrityError:
            self._end(identifier, result, "late")
            return "late"
        return result.state

    @patiently
    def release(self, identifier: str, why: str | None = None) -> bool:
        """Give a claim back unrun, as on Ctrl-C: the cell is free at once. Returns whether it was running."""
        with translated(self.url), self._engine.begin() as connection:
            claimed = and_(run.c.id == identifier, run.c.state == "running")
            given = update(run).where(claimed).values(state="stale", ended=func.current_timestamp(), error=why)
            return bool(connection.execute(given).rowcount)

    def cancel(self, identifier: str, by: str) -> bool:
        """Give a claim back that may be somebody else's, whose runner then ends the cell; nobody at work takes it."""
        return self.release(identifier, f"{CANCELLED} by {by}")

    def cancelled(self, identifiers: Iterable[str]) -> set[str]:
        """Return those of these runs that were cancelled."""
        query = select(run.c.id).where(run.c.id.in_(list(identifiers)), _CANCELLED)
        with translated(self.url), self._engine.connect() as connection:
            return set(connection.scalars(query))

    @patiently
    def orphan(self, identifier: str) -> None:
        """Note that a run's runner is gone and has left nothing; unlike a release, it counts as a death."""
        with translated(self.url), self._engine.begin() as connection:
            claimed = and_(run.c.id == identifier, run.c.state == "running")
            connection.execute(update(run).where(claimed).values(state="stale"))

    @patiently
    def give_up(self, wanted: CellRow, deaths: int) -> tuple[str, str] | None:
        """Record a cell as killed if its runner has died so often while it ran; returns the run and why, or None.

        Counted are attempts without an end, since the last that has one.
        """
        with translated(self.url), self._engine.begin() as connection:
            self._free_dead(connection, wanted.id)
            ended = run.c.state.not_in(("stale", "late"))
            known = select(func.max(run.c.attempt)).where(run.c.cell == wanted.id, ended)
            since = and_(run.c.cell == wanted.id, run.c.attempt > (connection.scalar(known) or 0))
            died = and_(since, run.c.state == "stale", run.c.ended.is_(None))
            runs = connection.scalars(select(run.c.id).where(died).order_by(run.c.attempt)).all()
            if len(runs) < deaths:
                return None
            why = f"its runner was killed while it ran, {len(runs)} times"
            killed = {"state": "killed", "error": why, "ended": func.current_timestamp(), "lease_until": None}
            connection.execute(update(run).where(run.c.id == runs[-1]).values(**killed))
            seal(connection, runs[-1:])
            return runs[-1], why

    def keep_reproduction(self, made: Reproduction) -> None:
        """Record what came of running a cell again; the run itself stays as it is."""
        self._keep_reproduction(made, f"{time.time_ns():016x}{secrets.token_hex(4)}")  # in order, within a second too

    @patiently
    def _keep_reproduction(self, made: Reproduction, identifier: str) -> None:
        values = {name: value for name, value in vars(made).items() if name not in ("environment", "made")}
        with translated(self.url), self._engine.begin() as connection:
            if made.environment is not None:
                values["environment"] = self._ensure_environment(connection, made.environment)
            known = select(reproduction.c.id).where(reproduction.c.id == identifier)
            if connection.scalar(known) is None:  # else the connection broke after this was committed
                connection.execute(reproduction.insert().values(id=identifier, **values))

    @patiently
    def runs(self, identifiers: Iterable[str]) -> dict[str, tuple[str, str, bool, CellRow]]:
        """Return {run id: (state, owner, lease has run out, cell)} for those of the given runs that this store has."""
        expired = has_run_out(self._engine, run.c.lease_until)
        columns = (run.c.id.label("run"), run.c.state, run.c.owner, expired.label("expired"))
        query = select(*columns, cell).join(cell, run.c.cell == cell.c.id)
        with translated(self.url), self._engine.connect() as connection:
            rows = connection.execute(query.where(run.c.id.in_(list(identifiers)))).all()
        names = CellRow.__dataclass_fields__
        return {
            row.run: (
                row.state,
                row.owner,
                bool(row.expired),
                CellRow(**{name: getattr(row, name) for name in names}),
            )
            for row in rows
        }

    def hurry(self) -> None:
        """Wait for no store that is away any more: the caller is about to end."""
        self.patience = 0.0

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _ensure_cell(self, connection: Connection, wanted: CellRow) -> None:
        stored = connection.scalar(select(cell.c.identity).where(cell.c.id == wanted.id))
        if stored is None:
            connection.execute(cell.insert().values(**asdict(wanted)))
        elif stored != wanted.identity:
            raise SuiteError(
                f"cell {wanted.id[:12]} has another identity in the store. Somebody changed it by hand",
                place=shown(self.url),
                next="restore the store from a backup",
            )

    def _free_dead(self, connection: Connection, cell_id: str) -> None:
        """Mark runs of this cell as stale whose process is gone or whose lease has run out."""
        running = and_(run.c.cell == cell_id, run.c.state == "running")
        expired = has_run_out(self._engine, run.c.lease_until)
        for row in connection.execute(select(run.c.id, run.c.owner, expired.label("expired")).where(running)).all():
            if row.expired or is_known_dead(row.owner):
                connection.execute(update(run).where(run.c.id == row.id).values(state="stale"))

    @patiently
    def _end(self, identifier: str, result: RunResult, state: str) -> None:
        values: dict[str, Any] = {
            name: value for name, value in vars(result).items() if name not in ("state", "environment", "scores")
        }
        values["missing"] = list(result.missing)
        with translated(self.url), self._engine.begin() as connection:
            if result.environment is not None:
                values["environment"] = self._ensure_environment(connection, result.environment)
            # A run that has an end keeps it: recording twice changes nothing.
            open_run = and_(run.c.id == identifier, run.c.state.in_(("running", "stale")), not_(_CANCELLED))
            ended = connection.execute(
                update(run)
                .where(open_run)
                .values(state=state, ended=func.current_timestamp(), lease_until=None, **values)
            )
            if ended.rowcount and result.scores:
                connection.execute(score.insert(), [{"run": identifier, **asdict(row)} for row in result.scores])
            if ended.rowcount:
                seal(connection, [identifier])

    def _ensure_environment(self, connection: Connection, document: dict[str, Any]) -> str:
        identifier = digest(document)
        if connection.scalar(select(environment.c.id).where(environment.c.id == identifier)) is None:
            # On PostgreSQL another process may insert the same one meanwhile.
            with suppress(IntegrityError), connection.begin_nested():
                connection.execute(environment.insert().values(id=identifier, document=document))
        return identifier

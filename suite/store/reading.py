"""Reading: what the board, the pages and the planner ask for. Never blocks a writer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from json import JSONDecodeError
from types import NoneType
from typing import Any, Literal

from sqlalchemy import JSON, ColumnElement, Connection, Row, Select, case, func, select

from suite.contracts import Interval
from suite.errors import SuiteError
from suite.store.columns import Recorded, Scores, read_scores, recorded
from suite.store.complaints import damaged, translated
from suite.store.engine import PATIENCE, has_answered, has_store, reader_engine
from suite.store.migrate import check_revision
from suite.store.opening import has_run_out
from suite.store.owner import is_known_dead
from suite.store.patience import patiently
from suite.store.rows import CellRow, Reproduction, RunRow, ScoreRow
from suite.store.schema import CANCELLED, OPEN, cell, environment, reproduction, run, score
from suite.store.seals import broken_environments, broken_seals
from suite.store.stored import StoredRun, read_runs
from suite.store.urls import database_file, shown

FEW = 5
_CHUNK = 500
"""How many ids one query names: databases bound that number."""
_DETAILS = (run.c.traceback, run.c.command, environment.c.document)
_RUN_COLUMNS = [
    column
    for column in run.c
    if column.name not in ("id", "cell", "environment", "lease_until", "traceback", "command", "seal")
]
_KINDS: dict[ColumnElement[Any], Any] = {
    column: object if isinstance(column.type, JSON) else (column.type.python_type, *[NoneType] * bool(column.nullable))
    for column in (*_RUN_COLUMNS, *score.c)
}

Where = Literal["taken", "done", "failed", "cancelled", "free"]


class NoSuchRun(SuiteError):
    """No run of the store starts with what was asked for."""


class SeveralRuns(SuiteError):
    """Several runs of the store start with what was asked for."""


def not_one(prefix: str, ids: Sequence[str], place: str) -> SuiteError:
    """Return what is wrong with the start of an id that none or several runs have; it names `FEW` of them."""
    if not ids:
        return NoSuchRun(f"no run starts with {prefix!r}", place=place, next="suite board --runs")
    named = ", ".join((*ids[:FEW], *(["..."] if len(ids) > FEW else [])))
    return SeveralRuns(f"several runs start with {prefix!r}: {named}", place=place, next="give more of the id")


class Reader:
    """The store, open for reading. It waits at most ``patience`` seconds for one that somebody holds or that is away.

    Raises:
        SuiteError: there is no store, or its schema is of another version; `Unanswered` if it does not answer.
    """

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        if not has_store(url):
            raise SuiteError("there is no store yet", place=str(database_file(url)), next="suite run")
        self.url = url
        self._engine = reader_engine(url, patience)
        self.patience = patience if has_answered(url) else 0.0  # a server that never has may not be there
        self._check()
        self.patience = patience

    @patiently
    def _check(self) -> None:
        check_revision(self._engine, self.url)

    @property
    def times_are_texts(self) -> bool:
        """Whether the database gives times as texts, as SQLite does."""
        return self._engine.dialect.name == "sqlite"

    @patiently
    def states(self, cells: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Return {cell: (state, attempt)} of its finished run, or else its latest, for those cells that have one."""
        wanted = set(cells)
        latest = select(run.c.cell, func.max(run.c.attempt).label("attempt")).group_by(run.c.cell).subquery()
        query = select(run.c.cell, run.c.state, run.c.attempt).join(
            latest, (run.c.cell == latest.c.cell) & (run.c.attempt == latest.c.attempt)
        )
        taken = select(run.c.cell, run.c.state, run.c.attempt).where(run.c.state == "done")
        with self._reading() as connection:
            rows = [*connection.execute(query), *connection.execute(taken)]
        return {row.cell: (row.state, row.attempt) for row in rows if row.cell in wanted}

    @patiently
    def open_attempts(self) -> dict[str, int]:
        """Return how many runs of each cell have no end, among cells with such runs: their runner died or is at it."""
        query = select(run.c.cell, func.count().label("runs")).where(run.c.state.in_(OPEN), run.c.ended.is_(None))
        with self._reading() as connection:
            return {row.cell: row.runs for row in connection.execute(query.group_by(run.c.cell))}

    @patiently
    def whereabouts(self, cells: Iterable[str]) -> dict[str, Where]:
        """Return what has become of each of these cells that has been tried, and whether somebody is at it."""
        wanted, found = list(cells), dict[str, Where]()
        expired = has_run_out(self._engine, run.c.lease_until).label("expired")
        columns = (run.c.cell, run.c.state, run.c.owner, run.c.error, expired)
        with self._reading() as connection:
            for start in range(0, len(wanted), _CHUNK):
                query = select(*columns).where(run.c.cell.in_(wanted[start : start + _CHUNK])).order_by(run.c.attempt)
                for row in connection.execute(query):
                    if found.get(row.cell) != "done":
                        found[row.cell] = _where(row)
        return found

    @patiently
    def durations(self) -> list[tuple[str, str, str, float, int]]:
        """Return (task, protocol, method, mean wall-clock seconds, number) of finished runs."""
        query = (
            select(cell.c.task, cell.c.protocol, cell.c.method, func.avg(run.c.wall_seconds), func.count())
            .join(run, run.c.cell == cell.c.id)
            .where(run.c.state == "done", run.c.wall_seconds.is_not(None))
            .group_by(cell.c.task, cell.c.protocol, cell.c.method)
        )
        with self._reading() as connection:
            return [
                (task, protocol, method, float(mean), n)
                for task, protocol, method, mean, n in connection.execute(query)
            ]

    @patiently
    def run(self, prefix: str) -> RunRow:
        """Return the run whose id starts with ``prefix``.

        Raises:
            NoSuchRun: none does.
            SeveralRuns: several do.
            SuiteError: the store does not answer, or is damaged.
        """
        query = _runs(*_DETAILS).where(run.c.id.startswith(prefix, autoescape=True)).order_by(run.c.id).limit(FEW + 1)
        with self._reading() as connection:
            rows = connection.execute(query).all()
            if len(rows) != 1:
                raise not_one(prefix, [row.run_id for row in rows], shown(self.url))
            scores = connection.execute(select(score).where(score.c.run == rows[0].run_id)).all()
            return _run_row(rows[0], tuple(_score_row(each) for each in scores))

    @patiently
    def latest_runs(self, *, scores: bool = True) -> list[RunRow]:
        """Return for every cell its finished run, or else its latest one, with scores if they are wanted.

        Tracebacks, commands and environments are left out: they are large, and nobody lists them.
        """
        with self._reading() as connection:
            rows = connection.execute(_runs().order_by(run.c.cell, run.c.attempt)).all()
            chosen: dict[str, Row[Any]] = {}
            for row in rows:
                if row.state == "done" or row.cell_id not in chosen or chosen[row.cell_id].state != "done":
                    chosen[row.cell_id] = row
            by_run: dict[str, list[ScoreRow]] = {}
            done = select(score).join(run, score.c.run == run.c.id).where(run.c.state == "done")
            for each in connection.execute(done) if scores else ():
                by_run.setdefault(each.run, []).append(_score_row(each))
            return [_run_row(row, tuple(by_run.get(row.run_id, ()))) for row in chosen.values()]

    @patiently
    def attempts(self, identifier: str) -> list[RunRow]:
        """Return every run of a cell, by attempt, without scores, tracebacks, commands and environments."""
        query = _runs().where(run.c.cell == identifier).order_by(run.c.attempt)
        with self._reading() as connection:
            return [_run_row(row, ()) for row in connection.execute(query)]

    @patiently
    def reproductions(self, identifier: str) -> list[Reproduction]:
        """Return what came of running a run's cell again, the first time first."""
        columns = [column for column in reproduction.c if column.name not in ("id", "environment")]
        query = select(*columns, environment.c.document.label("environment")).outerjoin(
            environment, reproduction.c.environment == environment.c.id
        )
        query = query.where(reproduction.c.run == identifier).order_by(reproduction.c.made, reproduction.c.id)
        with self._reading() as connection:
            return [Reproduction(**row._mapping) for row in connection.execute(query)]

    @patiently
    def verdicts(self) -> dict[str, Reproduction]:
        """Return by run what came of running its cell again the last time."""
        columns = [column for column in reproduction.c if column.name not in ("id", "environment", "changed")]
        query = select(*columns, environment.c.document.label("environment")).outerjoin(
            environment, reproduction.c.environment == environment.c.id
        )
        query = query.order_by(reproduction.c.made, reproduction.c.id)
        with self._reading() as connection:
            return {row.run: Reproduction(**row._mapping) for row in connection.execute(query)}

    @patiently
    def judged(self) -> dict[str, str]:
        """Return the cells of the runs of the store that a verdict names, by run."""
        query = select(run.c.id, run.c.cell).where(run.c.id.in_(select(reproduction.c.run)))
        with self._reading() as connection:
            return {row.id: row.cell for row in connection.execute(query)}

    @patiently
    def verdict_stamps(self) -> tuple[dict[str, str], str]:
        """Return what changes by task when one of its runs is run again, and when a run of no task of the store is."""
        told = select(reproduction.c.id, cell.c.task).outerjoin(run, reproduction.c.run == run.c.id)
        told_of = told.outerjoin(cell, run.c.cell == cell.c.id).subquery()
        query = select(told_of.c.task, func.count(), func.max(told_of.c.id)).group_by(told_of.c.task)
        with self._reading() as connection:
            stamps = {task: f"{count}/{last}" for task, count, last in connection.execute(query)}
        return {task: stamp for task, stamp in stamps.items() if task is not None}, stamps.get(None, "")

    @patiently
    def holds(self, identifier: str) -> bool:
        """Tell whether the store has this run."""
        with self._reading() as connection:
            return connection.scalar(select(run.c.id).where(run.c.id == identifier)) is not None

    @patiently
    def samples(self, identifier: str) -> str | None:
        """Return the sha256 of a run's per-sample file, if it has one."""
        query = select(run.c.samples).where(run.c.id == identifier)
        with self._reading() as connection:
            found: str | None = connection.scalar(query)
        return found

    @patiently
    def columns(self, tasks: Sequence[str], known: Recorded | None = None) -> tuple[list[StoredRun], Scores]:
        """Return for every cell of these tasks its finished run, or else its latest one, and the finished ones' scores.

        ``known`` are `all_scores`, for a caller who asks for most tasks.

        Raises:
            SuiteError: the store does not answer, or is damaged.
        """
        with self._reading() as connection:
            runs = read_runs(connection, tasks)
            of_tasks = read_scores(connection, tasks) if known is None else known
        return runs, of_tasks.scores(run.id for run in runs if run.state == "done")

    @patiently
    def all_scores(self) -> Recorded:
        """Return the scores of every run: 16 bytes each, and a name for each run."""
        with self._reading() as connection:
            return read_scores(connection)

    @patiently
    def recorded(self, identifier: str) -> list[tuple[str, str]]:
        """Return metric and subset of a run's scores, in the order in which they were written."""
        with self._reading() as connection:
            return recorded(connection, identifier)

    @patiently
    def intervals(self, identifiers: Iterable[str]) -> dict[tuple[str, str, str], Interval]:
        """Return the intervals over samples of these runs, by run, metric and subset."""
        wanted = sorted(identifiers)
        intervals: dict[tuple[str, str, str], Interval] = {}
        query = select(score.c.run, score.c.metric, score.c.subset, score.c.interval)
        with self._reading() as connection:
            for start in range(0, len(wanted), _CHUNK):
                rows = connection.execute(query.where(score.c.run.in_(wanted[start : start + _CHUNK])))
                intervals |= {(run_id, *key): Interval(**said) for run_id, *key, said in rows if said is not None}
        return intervals

    @patiently
    def stamps(self) -> dict[str, tuple[int, str]]:
        """Return {task: (number of runs, stamp)}; the stamp changes whenever one of its runs is claimed or ends."""
        done = func.sum(case((run.c.state == "done", 1), else_=0))
        counts = (func.count(), func.max(run.c.started), func.max(run.c.ended), func.count(run.c.ended), done)
        query = select(cell.c.task, *counts).join(run, run.c.cell == cell.c.id).group_by(cell.c.task)
        with self._reading() as connection:
            return {task: (row[0], "/".join(map(str, row))) for task, *row in connection.execute(query)}

    @patiently
    def check_seals(self, identifiers: Sequence[str]) -> None:
        """See to it that these runs and their environments are as they were recorded, before they are handed on.

        Raises:
            SuiteError: one is not.
        """
        with self._reading() as connection:
            lost = run.c.environment.in_(broken_environments(connection))
            of_lost = set(connection.scalars(select(run.c.id).where(lost)))
            broken = [*broken_seals(connection, identifiers), *(each for each in identifiers if each in of_lost)]
        if broken:
            raise SuiteError(
                f"run {broken[0]} is not as it was recorded: the store is damaged, or was changed by hand",
                place=shown(self.url),
                next=f"suite doctor; to run it again: suite forget {broken[0]} --yes, then suite run",
            )

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Open the store; a value of another kind than the one that was written is damage."""
        with translated(self.url), self._engine.connect() as connection:
            try:
                yield connection
            except JSONDecodeError:
                raise  # which is translated
            except (TypeError, ValueError) as error:
                raise damaged(self.url, f"a value cannot be read: {error}") from error


def pulse(url: str) -> object:
    """Return what changes when the store may have, without opening it; None for a database that is no file."""
    file = database_file(url)
    if file is None:
        return None
    states: list[tuple[int, int, int] | None] = []
    for path in (file, file.with_name(f"{file.name}-wal")):
        try:
            stat = path.stat()
            states.append((stat.st_ino, stat.st_size, stat.st_mtime_ns) if stat.st_size else None)
        except OSError:
            states.append(None)
    return tuple(states)


def _where(row: Row[Any]) -> Where:
    if row.state == "running":
        return "free" if row.expired or is_known_dead(row.owner) else "taken"
    if row.state in ("stale", "late"):
        return "cancelled" if (row.error or "").startswith(CANCELLED) else "free"
    return "done" if row.state == "done" else "failed"


def _runs(*details: ColumnElement[Any]) -> Select[Any]:
    return (
        select(
            run.c.id.label("run_id"),
            *_RUN_COLUMNS,
            *(column.label(f"cell_{column.name}") for column in cell.c if column.name != "created"),
            *details,
        )
        .join(cell, run.c.cell == cell.c.id)
        .outerjoin(environment, run.c.environment == environment.c.id)
    )


def _check_kinds(columns: Iterable[ColumnElement[Any]], values: Iterable[Any]) -> None:
    """Raise TypeError for a value of another kind than its column's, as a flipped bit makes one in SQLite."""
    for column, value in zip(columns, values, strict=True):
        if not isinstance(value, _KINDS[column]):
            raise TypeError(f"{column} is {value!r}")


def _score_row(row: Row[Any]) -> ScoreRow:
    _check_kinds(score.c, row)
    interval = None if row.interval is None else Interval(**row.interval)
    return ScoreRow(row.metric, row.metric_version, row.subset, row.value, row.n, row.partial, interval)


def _run_row(row: Row[Any], scores: tuple[ScoreRow, ...]) -> RunRow:
    found = row._mapping
    values = {column.name: found[column.name] for column in _RUN_COLUMNS}
    _check_kinds(_RUN_COLUMNS, values.values())
    for name, empty in (("cost", {}), ("facts", {}), ("missing", []), ("ingredients", {})):
        values[name] = values[name] or empty
    return RunRow(
        id=found["run_id"],
        traceback=found.get("traceback"),
        command=found.get("command"),
        environment=found.get("document"),
        cell=CellRow(**{name: found[f"cell_{name}"] for name in CellRow.__dataclass_fields__}),
        scores=scores,
        **values,
    )

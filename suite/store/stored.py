"""A run with its cell as the board reads it, and how: with as few objects as can be.

A store of 100,000 runs is read in half a second: hence the driver's own rows, and JSON as the text that it is stored
as, of which many runs share one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from typing import cast as cast_type

from pydantic_core import from_json

from suite.errors import SuiteError

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select


class StoredRun(NamedTuple):
    """A run with its cell, as the driver gives it.

    What the database holds as JSON is its text, which `parsed` reads. Times are texts or objects, as the driver has
    them: those of one database compare with each other.
    """

    id: str
    cell: str
    attempt: int
    state: str
    started: Any
    ended: Any
    wall_seconds: float | None
    peak_memory_bytes: int | None
    cost: str | None
    facts: str | None
    tuning: str | None
    missing: str | None
    ingredients: str | None
    samples: str | None
    protocol: str
    task: str
    task_version: str
    method: str
    method_version: str
    source: str | None
    setting: str
    parameters: str
    seed: int
    isolation: str | None = None
    origin: str | None = None
    task_source: str | None = None


@lru_cache(maxsize=4096)
def parsed(text: str | None) -> Any:
    """Return what a JSON text says, the same object for the same text: it is not to be changed.

    Raises:
        SuiteError: it is no JSON, so the store is damaged.
    """
    try:
        return None if text is None else from_json(text)
    except (TypeError, ValueError) as error:
        cause = f"the store is damaged: a value is no JSON: {error}"
        raise SuiteError(cause, place=f"{text!r:.80}", next="suite doctor") from error


def read_runs(connection: Connection, tasks: Sequence[str]) -> list[StoredRun]:
    """Return for every cell of these tasks its finished run, or else its latest one."""
    chosen: dict[str, StoredRun] = {}
    for row in map(StoredRun._make, driver_rows(connection, _runs(connection.dialect.name, tasks))):
        known = chosen.setdefault(row.cell, row)
        if known is not row and (row.state == "done", row.attempt) > (known.state == "done", known.attempt):
            chosen[row.cell] = row
    return list(chosen.values())


def driver_rows(
    connection: Connection, query: Select[Any], parameters: Mapping[str, Any] | None = None
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query as the driver makes them: the library's own would take twice the time.

    Raises:
        DBAPIError: a row cannot be read.
    """
    from sqlalchemy.exc import DBAPIError

    errors = connection.dialect.loaded_dbapi.Error
    try:
        yield from cast_type("Iterable[tuple[Any, ...]]", connection.execute(query, parameters).cursor)
    except errors as error:
        raise DBAPIError.instance(None, None, error, errors, dialect=connection.dialect) from error


def _runs(dialect: str, tasks: Sequence[str]) -> Select[Any]:
    from sqlalchemy import Text, cast, select

    from suite.store.schema import cell, run

    texts = [cast(column, Text) for column in (run.c.cost, run.c.facts, run.c.tuning, run.c.missing, run.c.ingredients)]
    return (
        select(
            *(run.c.id, run.c.cell, run.c.attempt, run.c.state, run.c.started, run.c.ended),
            *(run.c.wall_seconds, run.c.peak_memory_bytes, *texts, run.c.samples),
            *(cell.c.protocol, cell.c.task, cell.c.task_version, cell.c.method, cell.c.method_version),
            *(_source(dialect, "method_source"), cast(cell.c.setting, Text), cast(cell.c.parameters, Text)),
            *(cell.c.seed, cast(run.c.isolation, Text), cast(run.c.origin, Text), _source(dialect, "task_source")),
        )
        .join(cell, run.c.cell == cell.c.id)
        .where(cell.c.task.in_(tasks))
    )


def _source(dialect: str, name: str) -> ColumnElement[str | None]:
    """Return the hash of the source of editable code that a cell's identity names, if it does."""
    from sqlalchemy import JSON, cast, func

    from suite.store.schema import cell

    if dialect == "sqlite":
        return func.json_extract(cell.c.identity, f"$.{name}")
    named: ColumnElement[str | None] = cast(cell.c.identity, JSON)[name].as_string()
    return named

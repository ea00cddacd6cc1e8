"""Seals: a run that has ended carries the sha256 of all that it says, so that a value that changes later is noticed.

A database keeps no checksum of its rows, and of times, costs and texts nothing else can tell. A seal is over the values
as the database holds them, JSON as its text. Two databases need not agree on it: a run that is merged gets another.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import JSON, BindParameter, Connection, Table, Text, bindparam, cast, or_, select, update

from suite.hashing import digest, text_digest
from suite.store.schema import OPEN, cell, environment, run, score
from suite.store.stored import driver_rows

SINCE = "0009"
"""The first schema that has seals."""

_CHUNK = 500
_CHANGING = (run.c.lease_until, run.c.seal)


def _texts(table: Table) -> dict[str, Any]:
    columns = (column for column in table.c if column not in _CHANGING)
    return {
        f"{table.name}.{column.name}": cast(column, Text) if isinstance(column.type, JSON) else column
        for column in columns
    }


_OF_RUN, _OF_SCORE = {"run.id": run.c.id, **_texts(run), **_texts(cell)}, {"score.run": score.c.run, **_texts(score)}
_CHOSEN: BindParameter[Any] = bindparam("chosen", expanding=True)
_RUNS = select(*_OF_RUN.values()).join(cell, run.c.cell == cell.c.id).where(run.c.id.in_(_CHOSEN))
_SCORES = select(*_OF_SCORE.values()).where(score.c.run.in_(_CHOSEN))
_SEAL = update(run).where(run.c.id == bindparam("sealed")).values(seal=bindparam("sha256"))


def seal(connection: Connection, identifiers: Collection[str]) -> None:
    """Seal runs that have ended as they are now, with their cells and scores; whoever changes a run does it again."""
    for made in _seals(connection, identifiers):
        connection.execute(_SEAL, [{"sealed": identifier, "sha256": sha256} for identifier, sha256 in made.items()])


def seal_all(connection: Connection) -> None:
    """Seal every run that has ended, in a store of before there were seals: as it is found."""
    ended = run.c.state.not_in(OPEN)
    seal(connection, connection.scalars(select(run.c.id).where(ended, run.c.seal.is_(None))).all())


def broken_seals(connection: Connection, among: Collection[str] | None = None) -> list[str]:
    """Return the runs that are not as they were sealed, or have ended without a seal; ``among`` these, or all."""
    query = select(run.c.id, run.c.seal).where(or_(run.c.state.not_in(OPEN), run.c.seal.is_not(None)))
    kept = dict(driver_rows(connection, query))
    if among is not None:
        kept = {identifier: kept.get(identifier) for identifier in among}
    made = {identifier: sha256 for part in _seals(connection, kept) for identifier, sha256 in part.items()}
    return [identifier for identifier, sha256 in kept.items() if sha256 is None or made.get(identifier) != sha256]


def broken_environments(connection: Connection) -> list[str]:
    """Return the environments that are not named by the hash of their document."""
    query = select(environment.c.id, cast(environment.c.document, Text))
    return [name for name, document in driver_rows(connection, query) if not is_named(name, document)]


def is_named(identifier: str, document: str) -> bool:
    """Tell whether an id is the hash of this JSON."""
    try:
        return digest(json.loads(document)) == identifier
    except ValueError:
        return False


def _seals(connection: Connection, identifiers: Collection[str]) -> Iterator[dict[str, str]]:
    """Yield the seals of some of these runs after another, by run."""
    names = list(identifiers)
    for start in range(0, len(names), _CHUNK):
        chosen = {"chosen": names[start : start + _CHUNK]}
        runs = {row[0]: _said(_OF_RUN, row) for row in driver_rows(connection, _RUNS, chosen)}
        scores: dict[str, list[str]] = {}
        for row in driver_rows(connection, _SCORES, chosen):
            scores.setdefault(row[0], []).append(_said(_OF_SCORE, row))
        yield {name: text_digest("\n".join([said, *sorted(scores.get(name, ()))])) for name, said in runs.items()}


def _said(columns: dict[str, Any], row: tuple[Any, ...]) -> str:
    # What is null is left out: a column that a later schema adds breaks no seal.
    said = {name: value for name, value in zip(columns, row, strict=True) if value is not None}
    return json.dumps(said, sort_keys=True, default=str)

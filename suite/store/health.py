"""What a store says of itself when it is looked through: whether it is sound, and what nobody needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, exists, inspect, select

from suite.store.complaints import translated
from suite.store.engine import reader_engine
from suite.store.migrate import check_revision
from suite.store.opening import now
from suite.store.owner import is_known_dead
from suite.store.schema import cell, environment, metadata, reproduction, run, score
from suite.store.seals import broken_environments, broken_seals, is_named

PROBLEMS = 5


@dataclass(frozen=True)
class Health:
    """What was found; runs and cells by their ids.

    Attributes:
        ids: of all runs.
        cells: how many there are.
        problems: what the database says is broken.
        renamed: cells that are not named by the hash of their identity: somebody has changed the one or the other.
        altered: runs that say another thing than they did when they were recorded, and are not told of below or above.
        environments: that are not named by the hash of their document.
        bare: finished runs without a score, of which no data was missing.
        running: runs under way.
        abandoned: runs that are said to be, and whose runner is gone or has not renewed its claim.
        unused_cells, unused_environments: that no run refers to.
        samples: the runs that refer to a file of samples, by its sha256.
    """

    ids: frozenset[str]
    cells: int
    problems: list[str]
    renamed: list[str]
    altered: list[str]
    environments: list[str]
    bare: list[str]
    running: list[str]
    abandoned: list[str]
    unused_cells: list[str]
    unused_environments: list[str]
    samples: dict[str, list[str]]


def examine(url: str) -> Health:
    """Look through a store; nothing is changed.

    Raises:
        SuiteError: it does not answer, is too damaged to be read, or is of another schema.
    """
    engine = reader_engine(url)
    try:
        check_revision(engine, url)
        with translated(url), engine.connect() as connection:
            if engine.dialect.name == "sqlite":  # a text that is damaged is none in UTF-8, and its run is to be named
                raw: Any = connection.connection.driver_connection
                raw.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
            identities = connection.execute(select(cell.c.id, cell.c.identity)).all()
            runs = connection.execute(select(run.c.id, run.c.cell, run.c.state, run.c.samples)).all()
            renamed = [each.id for each in identities if not is_named(each.id, each.identity)]
            bare = _bare(connection)
            cells = {each.id: each.cell for each in runs}
            claimed = [each.id for each in runs if each.state == "running"]
            going = under_way(connection)
            samples: dict[str, list[str]] = {}
            for each in runs:
                if each.samples is not None:
                    samples.setdefault(each.samples, []).append(each.id)
            return Health(
                ids=frozenset(each.id for each in runs),
                cells=len(identities),
                problems=list(_problems(connection)),
                renamed=renamed,
                altered=[each for each in broken_seals(connection) if cells[each] not in renamed and each not in bare],
                environments=broken_environments(connection),
                bare=bare,
                running=going,
                abandoned=sorted(set(claimed) - set(going)),
                unused_cells=unused_cells(connection),
                unused_environments=unused_environments(connection),
                samples=samples,
            )
    finally:
        engine.dispose()


def under_way(connection: Connection) -> list[str]:
    """Return the runs that somebody who lives, by what this machine can tell, is at."""
    expired = (run.c.lease_until < now()).label("expired")
    rows = connection.execute(select(run.c.id, run.c.owner, expired).where(run.c.state == "running")).all()
    return [row.id for row in rows if not row.expired and not is_known_dead(row.owner)]


def unused_cells(connection: Connection) -> list[str]:
    """Return the cells that no run is of."""
    return list(connection.scalars(select(cell.c.id).where(~exists().where(run.c.cell == cell.c.id))))


def unused_environments(connection: Connection) -> list[str]:
    """Return the environments that neither a run nor a verdict was made in."""
    of_runs = exists().where(run.c.environment == environment.c.id)
    of_verdicts = exists().where(reproduction.c.environment == environment.c.id)
    return list(connection.scalars(select(environment.c.id).where(~of_runs, ~of_verdicts)))


def _problems(connection: Connection) -> Iterator[str]:
    look = inspect(connection)
    for table in metadata.sorted_tables:
        there = {column["name"] for column in look.get_columns(table.name)} if look.has_table(table.name) else set()
        for column in table.columns:
            if column.name not in there:
                yield f"the table {table.name!r} has no column {column.name!r}"
    if connection.dialect.name != "sqlite":
        return  # the server looks after its files and its foreign keys itself
    for (said,) in connection.exec_driver_sql(f"PRAGMA integrity_check({PROBLEMS})").all():
        if said != "ok":
            yield str(said).strip()
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    for table in dict.fromkeys(row[0] for row in broken):
        count = sum(row[0] == table for row in broken)
        yield f"{count} rows of the table {table!r} refer to what is not there"


def _bare(connection: Connection) -> list[str]:
    scored = exists().where(score.c.run == run.c.id)
    rows = connection.execute(select(run.c.id, run.c.missing).where(run.c.state == "done", ~scored))
    return [row.id for row in rows if not row.missing]

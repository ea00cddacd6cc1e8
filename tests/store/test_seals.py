"""Seals: whatever changes in a run that has ended is noticed, and whatever the suite itself does keeps them whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import JSON, Column, DateTime, Float, Integer, String, Text, text, update

from suite.contracts import Interval
from suite.errors import SuiteError
from suite.settings import load_settings
from suite.store.engine import reader_engine, writer_engine
from suite.store.health import examine
from suite.store.migrate import upgrade
from suite.store.reading import Reader
from suite.store.removal import forget
from suite.store.rows import RunResult
from suite.store.schema import cell as cells
from suite.store.schema import environment, run, score
from suite.store.seals import broken_environments, broken_seals
from suite.store.stored import parsed
from suite.store.urls import database_file
from suite.store.writing import Writer

from ..support.damage import content

Execute = Callable[..., list[Any]]
OTHER: dict[type, Any] = {
    JSON: {"other": 1},
    DateTime: "2001-01-01 00:00:00",
    Text: "other",
    String: "other",
    Integer: 77,
    Float: 0.123,
}


@pytest.fixture
def recorded(url: str, cell, done) -> str:
    """The run of a store that says something of everything."""
    return record(url, cell, done)


def record(url: str, cell, done) -> str:
    """Record a run; return its id."""
    writer = Writer(url)
    identifier = writer.claim(cell(0), ["run"])
    interval = Interval(0.4, 0.6, 0.95, "Wilson over samples", 10)
    scores = tuple(replace(each, interval=interval) for each in done().scores)
    writer.end(identifier, replace(done(), wall_seconds=1.5, cost={"fit_seconds": 0.5}, scores=scores))
    writer.close()
    return identifier


def broken(url: str) -> list[str]:
    engine = reader_engine(url)
    with engine.connect() as connection:
        found = [*broken_seals(connection), *broken_environments(connection)]
    engine.dispose()
    return found


def other(column: Column[Any]) -> Any:
    """Return a value that the column may have and does not."""
    if column.name == "state":
        return "failed"
    kind = next(kind for kind in type(column.type).__mro__ if kind in OTHER or kind.__name__ == "Boolean")
    return True if kind not in OTHER else text(f"'{OTHER[kind]}'") if kind is DateTime else OTHER[kind]


def test_every_value_that_changes_is_noticed(url: str, recorded: str) -> None:
    assert broken(url) == []
    engine = writer_engine(url, foreign_keys=False)
    changed = []
    for table in (run, cells, score, environment):
        for column in table.c:
            tied = column.foreign_keys or column.primary_key  # which PostgreSQL looks after
            if column is run.c.lease_until or (tied and engine.dialect.name != "sqlite"):
                continue
            with engine.connect() as connection:
                connection.execute(update(table).values({column: other(column)}))
                assert broken_seals(connection) or broken_environments(connection), str(column)
            changed.append(column)
    engine.dispose()
    assert len(changed) > 30
    assert broken(url) == []


def test_a_score_more_and_a_seal_less_are_noticed(url: str, recorded: str, execute: Execute) -> None:
    execute("INSERT INTO score SELECT run, metric, 'half', metric_version, value, n, partial, NULL FROM score")
    assert broken(url) == [recorded]
    execute("DELETE FROM score WHERE subset = 'half'")
    assert broken(url) == []
    execute("UPDATE run SET seal = NULL")
    assert broken(url) == [recorded]
    upgrade(url)
    assert broken(url) == [recorded], "an upgrade of what has seals gives no others"


def test_every_ending_is_sealed_and_no_claim(url: str, cell, done) -> None:
    writer = Writer(url)
    taken, again, given = (writer.claim(cell(seed), []) for seed in (1, 1, 2))
    assert again is None
    writer.orphan(taken)
    assert writer.give_up(cell(1), 1) is not None
    writer.cancel(given, "Ada")
    late = writer.claim(cell(3), [])
    writer.orphan(late)
    writer.end(writer.claim(cell(3), []), done())
    assert writer.end(late, done(0.1)) == "late"
    writer.end(writer.claim(cell(4), []), RunResult("failed", error="it broke \N{GREEK SMALL LETTER ALPHA}"))
    writer.claim(cell(5), [])
    writer.close()
    states = {each.state: each.id for each in Reader(url).latest_runs()}
    assert set(states) == {"killed", "stale", "done", "failed", "running"}
    assert broken(url) == []
    Reader(url).check_seals([taken, late, states["done"], states["failed"]])


def test_what_was_changed_is_not_handed_on(url: str, recorded: str, execute: Execute) -> None:
    Reader(url).check_seals([recorded])
    execute("UPDATE run SET wall_seconds = 0.1")
    with pytest.raises(SuiteError, match=f"run {recorded} is not as it was recorded") as caught:
        Reader(url).check_seals([recorded])
    assert f"suite forget {recorded} --yes" in caught.value.next
    execute("UPDATE run SET wall_seconds = 1.5")
    execute("""UPDATE environment SET document = '{"python": "2"}'""")
    with pytest.raises(SuiteError, match="is not as it was recorded"):
        Reader(url).check_seals([recorded])


@pytest.mark.parametrize(
    "change",
    [
        """UPDATE score SET interval = '{"lov": 0.4}'""",
        """UPDATE score SET interval = '[1, 2]'""",
        """UPDATE score SET interval = '{"low" 0.4}'""",
        "UPDATE run SET ended = 'yesterday'",
        "UPDATE score SET value = 'much'",
        "UPDATE run SET facts = CAST(x'7b22c322' AS TEXT)",
    ],
)
def test_what_cannot_be_read_is_told_as_damage_and_can_be_forgotten(sqlite: str, cell, done, change: str) -> None:
    identifier = record(sqlite, cell, done)
    engine = writer_engine(sqlite)
    with engine.begin() as connection:
        connection.execute(text(change))
    engine.dispose()
    reader, told = Reader(sqlite), []
    for ask in (reader.latest_runs, lambda: reader.columns(["fast/count"]), lambda: reader.intervals([identifier])):
        try:
            ask()
        except SuiteError as error:
            told.append(error.cause)
    assert told
    assert all(cause.startswith("the store is damaged: ") for cause in told)
    assert examine(sqlite).altered == [identifier]
    assert forget(load_settings(database=sqlite), [identifier], really=True).runs == [identifier]
    assert reader.latest_runs() == []


def test_a_schema_that_is_no_text_is_told_as_damage(sqlite: str, cell, done) -> None:
    record(sqlite, cell, done)
    file = database_file(sqlite)
    content(file)
    whole = file.read_bytes()
    damaged = whole.replace(b"CREATE INDEX ix_cell_task", b"CREATE IN\xc4EX ix_cell_task")
    assert damaged != whole
    file.write_bytes(damaged)
    for opened in (Reader, Writer, examine):
        with pytest.raises(SuiteError, match="the store is damaged: "):
            opened(sqlite)


def test_a_value_of_the_board_that_is_no_json_is_told_as_damage() -> None:
    with pytest.raises(SuiteError, match="the store is damaged: a value is no JSON") as caught:
        parsed('{"fit": 0.5')
    assert caught.value.next == "suite doctor"

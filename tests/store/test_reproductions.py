"""Verdicts of running a cell again: beside the run, one after the other, and never in its place."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sample_rows import cell, done
from sqlalchemy.exc import IntegrityError

from suite.store.migrate import upgrade
from suite.store.reading import Reader
from suite.store.rows import Reproduction
from suite.store.schema import VERDICTS
from suite.store.writing import Writer

STORES = Path(__file__).parent.parent / "assets" / "stores"


def test_verdicts_are_kept_in_their_order_and_the_run_stays(url: str) -> None:
    writer = Writer(url)
    run = writer.claim(cell(0), [])
    writer.end(run, done())
    before = Reader(url).run(run)
    for verdict in VERDICTS:
        changed = {"threads": ["1", "2"]}
        made = Reproduction(run, verdict, "so it is", 0.25, changed, {"python": "3"}, "cpu", 2, "Ada")
        writer.keep_reproduction(made)
    reader = Reader(url)
    kept = reader.reproductions(run)
    assert [each.verdict for each in kept] == list(VERDICTS)
    assert kept[0].made is not None
    assert vars(kept[0]) | {"made": None} == vars(
        Reproduction(run, "equal", "so it is", 0.25, changed, {"python": "3"}, "cpu", 2, "Ada")
    )
    assert reader.run(run) == before


def test_what_could_not_be_run_again_has_no_environment(url: str) -> None:
    writer = Writer(url)
    run = writer.claim(cell(0), [])
    writer.keep_reproduction(Reproduction(run, "cannot", "it is not installed"))
    (kept,) = Reader(url).reproductions(run)
    assert (kept.environment, kept.difference, kept.changed, kept.reproducer) == (None, None, {}, "")


def test_the_database_refuses_an_unknown_verdict(url: str) -> None:
    writer = Writer(url)
    claimed = writer.claim(cell(0), [])
    with pytest.raises(IntegrityError):
        writer.keep_reproduction(Reproduction(claimed, "splendid", "so it is"))


def test_a_published_run_that_the_store_does_not_hold_has_verdicts(url: str) -> None:
    writer = Writer(url)
    run = writer.claim(cell(0), [])
    before = Reader(url).verdict_stamps()
    for identifier, verdict in ((run, "different"), ("9f" * 8, "cannot"), ("9f" * 8, "equal")):
        writer.keep_reproduction(Reproduction(identifier, verdict, "so it is"))
    reader = Reader(url)
    assert [each.verdict for each in reader.reproductions("9f" * 8)] == ["cannot", "equal"]
    assert {name: each.verdict for name, each in reader.verdicts().items()} == {run: "different", "9f" * 8: "equal"}
    after = reader.verdict_stamps()
    assert before == ({}, "")
    assert (set(after[0]), after[1] != "") == ({"fast/count"}, True)


def test_the_verdict_of_the_released_schema_is_read(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "suite.db") as connection:
        connection.executescript((STORES / "0004.sql").read_text(encoding="utf-8"))
    connection.close()
    url = f"sqlite:///{tmp_path / 'suite.db'}"
    upgrade(url)
    reader = Reader(url)
    (kept,) = reader.reproductions("0000000000000002")
    assert (kept.verdict, kept.difference, kept.reproducer) == ("within tolerance", 0.001, "Ada")
    assert reader.run("0000000000000002").origin == {"file": "theirs.zip", "by": "Ada"}

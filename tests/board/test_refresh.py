"""Bringing a board up to date: only what has changed is made anew, and what does not fit is never trusted."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from suite.board import refresh
from suite.board.artifact import board_folder, build_board, last_board, load_board
from suite.board.board import Board, board_of
from suite.board.files import INDEX
from suite.errors import SuiteError
from suite.store.reading import Reader

from .conftest import Store, fill

VARIED = "demo/varied"
FINE, COARSE = ({"precision": value, "amount": "few"} for value in ("fine", "coarse"))


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with three tables of two tasks."""
    fill(store, "alpha", [0.8, 0.82, 0.81, 0.79, 0.83])
    fill(store, "beta", [0.7, 0.72, 0.71, 0.69, 0.735])
    fill(store, "alpha", [0.5], task=VARIED, setting=FINE)
    fill(store, "alpha", [0.4], task=VARIED, setting=COARSE)
    return store


def load(store: Store) -> Board:
    return load_board(store.settings, store.registry)


def folder(store: Store) -> Path:
    return board_folder(store.settings)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks whose tables are made, in their order."""
    tasks: list[str] = []
    build = refresh.build_tables

    def counting(source, task, stored):
        tasks.append(task.id)
        return build(source, task, stored)

    monkeypatch.setattr(refresh, "build_tables", counting)
    return tasks


def files(store: Store) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder(store).iterdir() if path.name[0] != "."}


def test_a_table_is_two_files_and_the_index_names_them(filled: Store) -> None:
    board = load(filled)
    names = {f"{entry.file}.{kind}" for entry in board.entries for kind in ("json", "parquet")}
    assert files(filled).keys() == {INDEX, *names}
    assert [entry.task for entry in board.entries] == ["demo/plain", VARIED, VARIED]
    assert board.entries[1].file.startswith("demo-varied-fine-few-")
    assert [table.model_dump() for table in board.tables] == [
        json_of(folder(filled) / f"{entry.file}.json", board) for entry in board.entries
    ]


def json_of(path: Path, board: Board) -> object:
    return type(board.tables[0]).model_validate_json(path.read_bytes()).model_dump()


def test_the_index_says_what_the_tables_say(filled: Store) -> None:
    filled.run("delta", 0, None)
    board = load(filled)
    entry, table = board.entries[0], board.tables[0]
    assert (entry.wanted, entry.done, entry.failed, entry.ended) == (15, 10, 1, table.ended)
    assert [(result.label, result.place, result.tied, result.mean) for result in entry.results] == [
        (row.label, row.rank and row.rank.place, bool(row.rank and row.rank.tied), value and value.mean)
        for row in table.rows
        for value in [row.value(table.primary)]
    ]
    assert entry.results[0].cost["fit_seconds"] == 2.0


def test_the_scores_behind_a_table_are_by_seed(filled: Store) -> None:
    board = load(filled)
    scores = board.scores(board.entries[0]).to_pylist()
    assert len(scores) == 10
    run = next(run for run in board.tables[0].rows[0].runs if run.seed == 1)
    expected = {"label": "alpha", "method": "demo/alpha", "seed": 1, "run": run.run, "metric": "accuracy"}
    assert {**expected, "subset": "near", "value": 0.82} in scores


def test_nothing_is_made_or_written_where_nothing_has_changed(filled: Store, made: list[str]) -> None:
    first, before = load(filled), files(filled)
    assert load(filled).index == first.index
    assert made == ["demo/plain", VARIED]
    assert files(filled) == before


def test_a_run_makes_the_tables_of_its_task_anew(filled: Store, made: list[str]) -> None:
    stamps = [entry.stamp for entry in load(filled).entries]
    made.clear()
    filled.run("beta", 0, 0.6, task=VARIED, setting=COARSE)
    after = load(filled)
    assert made == [VARIED]
    assert [entry.stamp == stamp for entry, stamp in zip(after.entries, stamps, strict=True)] == [True, True, False]
    assert len(after.tables[2].rows) == 2


def test_an_updated_board_is_what_a_new_one_would_be(filled: Store) -> None:
    load(filled)
    filled.run("beta", 0, 0.6, task=VARIED, setting=COARSE)
    filled.run("gamma", 0, None)
    updated = load(filled)
    reader = Reader(filled.settings.database_url)
    new = build_board(reader, filled.registry, filled.samples.get)
    reader.close()
    assert new.index.stamp == updated.index.stamp
    assert [new.file(entry, "parquet") for entry in new.entries] == [
        updated.file(e, "parquet") for e in updated.entries
    ]


def test_two_builds_of_one_store_are_the_same_bytes(filled: Store, tmp_path: Path) -> None:
    load(filled)
    first = {path.name: path.read_bytes() for path in folder(filled).glob("demo*")}
    shutil.rmtree(folder(filled))
    load(filled)
    assert {path.name: path.read_bytes() for path in folder(filled).glob("demo*")} == first


def test_tables_that_are_gone_take_their_files_with_them(filled: Store) -> None:
    load(filled)
    (folder(filled) / ".half-written.json.0123").write_text("{")
    os.utime(folder(filled) / ".half-written.json.0123", (0, 0))
    (folder(filled) / "notes.txt").write_text("somebody's own")
    with filled.writer._engine.begin() as connection:
        for table in (
            "score WHERE run IN (SELECT run.id FROM run JOIN cell ON run.cell = cell.id",
            "run WHERE cell IN (SELECT id FROM cell",
        ):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE task = '{VARIED}')")
    board = load(filled)
    names = {f"{board.entries[0].file}.{kind}" for kind in ("json", "parquet")}
    assert {path.name for path in folder(filled).iterdir()} == {INDEX, ".lock", "notes.txt", *names}


DAMAGE: dict[str, Callable[[Path, Path], object]] = {
    "an index that is no JSON": lambda index, table: index.write_text("{"),
    "an index of another format": lambda index, table: rewrite(index, format=6),
    "an index that was changed by hand": lambda index, table: rewrite(index, suite="9"),
    "an index that names a file elsewhere": lambda index, table: index.write_text(
        index.read_text().replace('"file":"', '"file":"../../')
    ),
    "no index": lambda index, table: index.unlink(),
    "a table that is cut": lambda index, table: table.write_bytes(table.read_bytes()[:-10]),
    "a table with another number": lambda index, table: table.write_text(table.read_text().replace("0.8", "0.9")),
    "a table of another task": lambda index, table: shutil.copy(next(table.parent.glob("demo-varied*.json")), table),
    "no table": lambda index, table: table.unlink(),
    "no scores": lambda index, table: table.with_suffix(".parquet").unlink(),
    "scores that are no Parquet": lambda index, table: table.with_suffix(".parquet").write_bytes(b"PAR1"),
    "scores of which one bit is turned": lambda index, table: turn(table.with_suffix(".parquet")),
    "scores of another task": lambda index, table: shutil.copy(
        next(table.parent.glob("demo-varied*.parquet")), table.with_suffix(".parquet")
    ),
}


def turn(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def rewrite(index: Path, **changes: object) -> None:
    index.write_text(json.dumps({**json.loads(index.read_text()), **changes}))


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=list(DAMAGE))
def test_what_is_damaged_or_foreign_is_made_anew(filled: Store, damage: Callable[[Path, Path], object]) -> None:
    first = load(filled)
    table = folder(filled) / f"{first.entries[0].file}.json"
    good = {path.name: path.read_bytes() for path in folder(filled).glob("demo*")}
    damage(folder(filled) / INDEX, table)
    again = load(filled)
    assert again.index.stamp == first.index.stamp
    assert {path.name: path.read_bytes() for path in folder(filled).glob("demo*")} == good
    assert again.tables[0] == first.tables[0]
    assert again.scores(again.entries[0]) == first.scores(first.entries[0])


def test_a_board_that_is_open_shows_a_table_that_was_made_anew_meanwhile(filled: Store) -> None:
    board = load(filled)
    fill(filled, "delta", [0.9] * 5)
    load(filled)
    assert len(board.table(board.entries[0]).rows) == 3
    (folder(filled) / f"{board.entries[1].file}.json").unlink()
    with pytest.raises(SuiteError, match="the table of demo/varied is being built"):
        board.table(board.entries[1])


def test_another_version_of_the_code_makes_all_anew(
    filled: Store, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(filled)
    monkeypatch.setattr("suite.board.stamps._code", lambda: "another")
    load(filled)
    assert made == ["demo/plain", VARIED] * 2


def test_where_nobody_may_write_the_board_is_in_memory(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError

    monkeypatch.setattr("suite.board.shelf.write_atomic", refuse)
    board = load(filled)
    assert not list(folder(filled).glob("*.json"))
    assert [len(table.rows) for table in board.tables] == [2, 1, 1]
    assert board.scores(board.entries[0]).num_rows == 10


def test_a_reader_who_may_not_write_uses_the_files_that_are_there(
    filled: Store, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(filled)
    made.clear()
    filled.run("beta", 0, 0.6, task=VARIED, setting=COARSE)

    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError

    monkeypatch.setattr("suite.board.shelf.write_atomic", refuse)
    board = load(filled)
    assert made == [VARIED]
    assert [len(table.rows) for table in board.tables] == [2, 1, 2]


def test_tasks_that_are_not_installed_are_named_with_their_runs(filled: Store) -> None:
    fill(filled, "alpha", [0.5, 0.6], task="demo/gone")
    board = load(filled)
    assert board.index.not_installed == {"demo/gone": 2}
    assert "demo/gone" not in {entry.task for entry in board.entries}


def test_the_large_file_of_before_is_removed_and_no_other(filled: Store) -> None:
    former = filled.settings.home / "board.json"
    former.write_text('{\n "format": 4,\n "suite": "0.1.0",\n "tables": []}')
    load(filled)
    assert not former.exists()
    former.write_text('{"mine": 1}')
    load(filled)
    assert former.exists()


def test_the_last_board_is_read_without_a_store(filled: Store) -> None:
    assert last_board(folder(filled)) is None
    index = load(filled).index
    (filled.settings.home / "suite.db").rename(filled.settings.home / "away.db")
    board = last_board(folder(filled))
    assert board is not None
    assert board.index == index
    assert last_board(folder(filled)) is board


def test_a_board_made_of_tables_says_the_same(filled: Store) -> None:
    board = load(filled)
    behind = [board.scores(entry) for entry in board.entries]
    made_of = board_of(list(board.tables), board.index.tracks, scores=behind)
    assert made_of.entries == board.entries
    assert made_of.of_task(VARIED, COARSE) == [board.tables[2]]
    assert made_of.along(VARIED, "precision", FINE).keys() == {"fine", "coarse"}
    assert made_of.file(made_of.entries[0], "csv") == board.file(board.entries[0], "csv")


def test_names_of_files_are_safe_and_differ(filled: Store) -> None:
    (table, *_) = load(filled).tables
    odd = [
        table.model_copy(update={"setting": {"a": value}})
        for value in ("<img>", "..", "../../etc", "A", "a", "x" * 500, "ü", "a/b", "a-b")
    ]
    names = [entry.file for entry in board_of(odd).entries]
    assert len({name.casefold() for name in names}) == len(odd)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-") and len(name) <= 100 for name in names)
    assert not [name for name in names if ".." in name or name[0] in ".-"]

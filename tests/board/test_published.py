"""A board of a store and of submissions: whose each row is, what joins, what wins, and what is told."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from suite.board import refresh
from suite.board.artifact import board_folder, load_board
from suite.board.badges import badge, is_of, shown_source, told
from suite.board.model import Row, Table
from suite.board.ready import ready_tables
from suite.board.shelf import Shelf
from suite.board.sources import Source
from suite.board.stamps import _of_code
from suite.errors import SuiteError
from suite.registry import load_registry
from suite.store.published import published
from suite.store.rows import Reproduction, judged_digest
from suite.store.writing import Writer

from .conftest import PLUGIN, Store
from .publishing import cell, publish, record, run_of, tell

SEEDS = range(5)  # of demo/plain
MADE = {"machine": {"cpu": "Abacus 9", "cores": 4}}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / "home" / "submissions"


class Bench:
    """A home with submissions, and a store only once something is recorded."""

    def __init__(self, store: Store) -> None:
        self.settings, self.registry = store.settings, store.registry
        Path(store.settings.database_url.removeprefix("sqlite:///")).unlink()
        store.writer.close()

    def record(self, *cells_and_values) -> None:
        writer = Writer(self.settings.database_url)
        for of, value in cells_and_values:
            record(writer, of, value)
        writer.close()

    def table(self) -> Table:
        (table,) = load_board(self.settings, self.registry).tables
        return table

    def rows(self) -> dict[str, Row]:
        return {row.label: row for row in self.table().rows}


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


def runs(method: str, values, **about):
    """Return published runs of a method at the seeds of the task."""
    code = {name: about.pop(name) for name in ("source", "version") if name in about}
    return [run_of(cell(method, seed, **code), value, **about) for seed, value in enumerate(values)]


ALPHA, BETA = (0.9, 0.91, 0.92, 0.93, 0.94), (0.5, 0.51, 0.52, 0.53, 0.54)


def test_without_a_store_the_board_shows_what_is_published(bench: Bench, base: Path) -> None:
    publish(base, "theirs", [*runs("alpha", ALPHA), *runs("beta", BETA)])
    rows = bench.rows()
    assert [(name, row.rank.place) for name, row in rows.items()] == [("alpha", 1), ("beta", 2)]
    (origin,) = rows["alpha"].origins
    assert (origin.kind, origin.name, origin.by, origin.state) == ("published", "theirs", "Ada", "submitted")
    assert (origin.ended, origin.machine, origin.seeds) == ("2026-01-02", "Abacus 9, 4 cores", tuple(SEEDS))
    assert told(origin).startswith("published in theirs by Ada, until 2026-01-02, on Abacus 9, 4 cores (submitted")
    assert not (bench.settings.home / "suite.db").exists()


def test_without_a_store_and_without_submissions_there_is_nothing(bench: Bench) -> None:
    with pytest.raises(SuiteError, match="there is no store yet"):
        load_board(bench.settings, bench.registry)


def test_own_and_published_seeds_of_one_code_make_one_row(bench: Bench, base: Path) -> None:
    publish(base, "theirs", runs("alpha", ALPHA))
    bench.record((cell("alpha", 0), 0.8), (cell("alpha", 1), 0.91))
    row = bench.rows()["alpha"]
    assert [run.value for run in row.runs] == [0.8, 0.91, *ALPHA[2:]]
    assert (row.source, row.seeds) == ("own and published", tuple(SEEDS))
    assert {origin.kind: origin.seeds for origin in row.origins} == {"own": (0, 1), "published": (2, 3, 4)}
    (other,) = row.elsewhere
    assert (other.name, other.seeds, other.difference) == ("theirs", (0, 1), pytest.approx(0.1))


def test_runs_of_another_source_are_not_mixed_and_the_longer_row_is_shown(bench: Bench, base: Path) -> None:
    publish(base, "theirs", runs("alpha", ALPHA, source="1" * 64))
    bench.record((cell("alpha", 0), 0.8))
    row = bench.rows()["alpha"]
    assert (row.source, [run.value for run in row.runs]) == ("published", list(ALPHA))
    assert [(other.name, other.seeds, other.difference) for other in row.elsewhere] == [("", (0,), pytest.approx(0.1))]
    bench.record(*((cell("alpha", seed), 0.8) for seed in SEEDS[1:]))
    row = bench.rows()["alpha"]
    assert (row.source, row.runs[0].value) == ("own", 0.8)
    assert row.elsewhere[0].name == "theirs"


def test_a_run_that_failed_here_gives_way_to_a_published_one(bench: Bench, base: Path, store: Store) -> None:
    publish(base, "theirs", runs("alpha", ALPHA))
    writer = Writer(bench.settings.database_url)
    run = writer.claim(cell("alpha", 0), ["run"])
    from suite.store.rows import RunResult

    writer.end(run, RunResult("failed", error="broke"))
    writer.close()
    row = bench.rows()["alpha"]
    assert (row.source, len(row.seeds), row.failed) == ("published", 5, {})


def test_two_submissions_never_make_one_row(bench: Bench, base: Path) -> None:
    publish(base, "first", runs("alpha", ALPHA[:3]))
    publish(base, "second", [run_of(cell("alpha", seed), 0.1) for seed in SEEDS])
    row = bench.rows()["alpha"]
    assert [origin.name for origin in row.origins] == ["second"]
    assert [(other.name, other.seeds) for other in row.elsewhere] == [("first", (0, 1, 2))]


def test_withdrawn_rows_take_no_place_and_disputed_ones_are_marked(bench: Bench, base: Path) -> None:
    folder = publish(base, "theirs", runs("alpha", ALPHA))
    publish(base, "others", runs("beta", BETA))
    tell(folder, "disputed", reason="another split")
    row = bench.rows()["alpha"]
    assert (row.rank.place, row.state, shown_source(row)) == (1, "disputed", "published, disputed")
    tell(folder, "withdrawn", by="Ada", reason="we looked at the labels")
    table = bench.table()
    rows = {row.label: row for row in table.rows}
    assert (rows["alpha"].rank, rows["alpha"].unranked) == (None, "withdrawn: we looked at the labels")
    assert rows["beta"].rank.place == 1
    bench.record(*((cell("alpha", seed), 0.7) for seed in SEEDS[:2]))
    row = bench.rows()["alpha"]
    assert (row.source, len(row.seeds)) == ("own", 2)  # a withdrawn run completes no row


def test_a_submission_without_a_history_has_neither_state_nor_badge(bench: Bench, base: Path) -> None:
    split = {"split": True, "confined": ["files"], "container": None, "order": "0" * 32}
    made = runs("alpha", ALPHA, isolation=split)
    folder = publish(base, "theirs", made)
    tell(folder, "validated")
    writer = Writer(bench.settings.database_url)
    writer.keep_reproduction(Reproduction(made[0].id, "equal", "26 scores", 0.0, judged=judged_digest(made[0])))
    writer.close()
    row = bench.rows()["alpha"]
    assert (row.state, badge(row)) == ("validated", "equal, 1 of 5 seeds")
    (folder / "history.jsonl").unlink()
    row = bench.rows()["alpha"]
    assert (row.state, badge(row)) == ("submitted", "")


def test_a_row_has_the_verdict_on_another_run_of_its_cell_with_equal_scores(bench: Bench, base: Path) -> None:
    made = runs("alpha", ALPHA)
    publish(base, "theirs", made)
    bench.record((cell("alpha", 0), ALPHA[0]), (cell("alpha", 1), 0.1))
    writer = Writer(bench.settings.database_url)
    for run in made[:2]:
        writer.keep_reproduction(Reproduction(run.id, "equal", "26 scores", 0.0, judged=judged_digest(run)))
    writer.close()
    row = bench.rows()["alpha"]
    assert (row.source, row.again.verdict, row.again.seeds) == ("own and published", "equal", 1)
    assert row.runs[0].run != made[0].id


def test_an_edited_submission_has_no_state_any_more(bench: Bench, base: Path) -> None:
    folder = publish(base, "theirs", runs("alpha", ALPHA))
    tell(folder, "validated")
    assert bench.rows()["alpha"].state == "validated"
    other = publish(base / "elsewhere", "theirs", runs("alpha", [0.99] * 5))
    shutil.rmtree(folder / "results")
    shutil.copytree(other / "results", folder / "results")
    (origin,) = bench.rows()["alpha"].origins
    assert (origin.state, origin.reason) == ("submitted", "its files were edited since they were validated")


def test_the_newest_verdict_is_a_badge_where_it_proves_something(bench: Bench, base: Path) -> None:
    split = {"split": True, "confined": ["files"], "container": None, "order": "0" * 32}
    made = [*runs("alpha", ALPHA, isolation=split), *runs("beta", BETA)]
    publish(base, "theirs", made)
    writer = Writer(bench.settings.database_url)
    for run in made:
        for verdict in ("different", "equal"):
            kept = Reproduction(run.id, verdict, "26 scores", 0.0, {}, MADE, "cpu", 1, "Grace", judged_digest(run))
            writer.keep_reproduction(kept)
    writer.close()
    rows = bench.rows()
    assert (rows["alpha"].isolation, badge(rows["alpha"])) == ("split", "equal")
    assert (rows["alpha"].again.by, rows["alpha"].again.machine) == ("Grace", "Abacus 9, 4 cores")
    assert (rows["beta"].isolation, rows["beta"].again.verdict, badge(rows["beta"])) == ("not split", "equal", "")
    writer = Writer(bench.settings.database_url)
    writer.keep_reproduction(Reproduction(made[0].id, "different", "1 score", 0.5, judged=judged_digest(made[0])))
    writer.close()
    assert badge(bench.rows()["alpha"]) == "different"


@pytest.mark.parametrize("edited", ["scores", "isolation"])
def test_a_run_that_is_not_any_more_what_was_judged_has_no_badge(bench: Bench, base: Path, edited: str) -> None:
    split = {"split": True, "confined": ["files"], "container": None, "order": "0" * 32}
    made = run_of(cell("alpha", 0), 0.5, isolation=split)
    others = {"scores": (replace(made.scores[0], value=0.99),), "isolation": split | {"confined": []}}
    folder = publish(base, "theirs", [made])
    writer = Writer(bench.settings.database_url)
    writer.keep_reproduction(Reproduction(made.id, "equal", "26 scores", 0.0, judged=judged_digest(made)))
    writer.close()
    assert bench.rows()["alpha"].again.verdict == "equal"
    shutil.rmtree(folder)
    publish(base, "theirs", [replace(made, **{edited: others[edited]})])
    assert bench.rows()["alpha"].again is None


def test_a_damaged_submission_is_told_and_hides_nothing(bench: Bench, base: Path) -> None:
    publish(base, "theirs", runs("alpha", ALPHA))
    torn, lying = publish(base, "torn", runs("beta", BETA)), publish(base, "lying", [run_of(cell("beta", 0), 0.5)])
    (torn / "results" / "scores.parquet").write_bytes(b"PAR1")
    shutil.copy(base / "theirs" / "results" / "scores.parquet", lying / "results")
    manifest = lying / "results" / "manifest.json"
    said = (base / "theirs" / "results" / "manifest.json").read_text().splitlines()
    digest = next(line for line in said if "scores.parquet" in line)
    lines = [digest if "scores.parquet" in line else line for line in manifest.read_text().splitlines()]
    manifest.write_text("\n".join(lines))
    board = load_board(bench.settings, bench.registry)
    assert {row.label for table in board.tables for row in table.rows} == {"alpha"}
    assert set(board.index.refused) == {"torn", "lying"}
    assert "its sha256 differs" in board.index.refused["torn"]
    assert "which is not a finished run" in board.index.refused["lying"]
    assert load_board(bench.settings, bench.registry).index.refused == board.index.refused


def test_only_changed_submissions_make_tables_anew(bench: Bench, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = publish(base, "theirs", runs("alpha", ALPHA))
    bench.table()
    made: list[str] = []
    build = refresh.build_tables
    monkeypatch.setattr(refresh, "build_tables", lambda *of: made.append(of[1].id) or build(*of))
    bench.table()
    assert made == []
    tell(folder, "validated")
    assert bench.rows()["alpha"].state == "validated"
    assert made == ["demo/plain"]


def test_a_home_that_nobody_may_write_shows_the_board_from_memory(bench: Bench, base: Path) -> None:
    publish(base, "theirs", runs("alpha", ALPHA))
    blocked = bench.settings.home / "board"
    shutil.rmtree(blocked, ignore_errors=True)
    blocked.write_text("a file where a folder should be")
    board = load_board(bench.settings, bench.registry)
    assert board.in_memory
    assert [row.label for table in board.tables for row in table.rows] == ["alpha"]


def test_ready_tables_are_taken_as_they_are_and_only_for_what_they_were_made_of(
    bench: Bench, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(base, "theirs", runs("alpha", ALPHA))
    ready, board = tmp_path / "ready", board_folder(bench.settings)
    source = Source(bench.registry, None, lambda run: None, published(bench.settings)[0])
    made = refresh.refresh(source, Shelf(ready))
    put = ready_tables(Shelf(board), ready)
    ((task, stamp),) = made.built_from.items()
    assert put(task, "other") == []
    monkeypatch.setattr(refresh, "build_tables", None)
    taken = refresh.refresh(source, Shelf(board), ready)
    assert taken.entries == made.entries
    assert put(task, stamp) == list(made.entries)
    (ready / f"{made.entries[0].file}.json").write_text("{}")
    assert ready_tables(Shelf(None), ready)(task, stamp) == []


def test_the_filter_hides_rows_and_changes_no_rank(bench: Bench, base: Path) -> None:
    publish(base, "theirs", runs("alpha", ALPHA))
    bench.record(*((cell("beta", seed), 0.5) for seed in SEEDS))
    table = bench.table()
    own = table.keeping(lambda row: is_of(row, "own"))
    assert [(row.label, row.rank.place) for row in own.rows] == [("beta", 2)]
    assert [row.label for row in table.keeping(lambda row: is_of(row, "published")).rows] == ["alpha"]
    assert table.keeping(lambda row: is_of(row, "all")) is table


def test_the_terminal_says_whose_rows_they_are(bench: Bench, base: Path, suite, monkeypatch) -> None:
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    made = runs("alpha", ALPHA)
    publish(base, "theirs", made)
    printed = suite.printed("board")
    assert (
        "runs: 1 row published in theirs by Ada, until 2026-01-02, on Abacus 9, 4 cores (submitted by Ada on" in printed
    )
    assert suite.printed("board", "--source", "own") == ""
    (row, *_) = suite.json("board", "--runs")
    assert (row["whose"], row["method"]) == ("theirs", "demo/alpha")
    shown = suite.printed("show", made[0].id)
    assert "published in theirs by Ada" in shown
    assert "it is not in the store" in shown
    assert suite.json("show", made[0].id)["published"]["name"] == "theirs"
    (table,) = suite.json("board", "--source", "published")["tables"]
    assert table["rows"][0]["origins"][0]["name"] == "theirs"
    assert "no run starts with" in suite("show", "zzz").stderr


def test_a_run_with_the_id_of_another_cell_gets_none_of_its_verdicts(bench: Bench, base: Path) -> None:
    split = {"split": True, "confined": ["files"], "container": None, "order": "0" * 32}
    honest = runs("alpha", ALPHA, isolation=split)
    publish(base, "honest", honest)
    publish(base, "taker", [run_of(cell("beta", 0), 0.99, isolation=split, id=honest[0].id)])
    writer = Writer(bench.settings.database_url)
    for run in honest:
        writer.keep_reproduction(
            Reproduction(run.id, "equal", "26 scores", 0.0, {}, MADE, "cpu", 1, "Grace", judged_digest(run))
        )
    writer.close()
    board = load_board(bench.settings, bench.registry)
    assert {row.label: badge(row) for table in board.tables for row in table.rows} == {"alpha": "equal"}
    assert board.index.refused == {"taker": f"its run {honest[0].id} has the id of another cell's run"}


def test_what_others_publish_later_makes_no_earlier_protocol_of_own_runs(bench: Bench, base: Path) -> None:
    bench.record((cell("alpha", 0), 0.8))
    later = replace(cell("alpha", 0, version="2"), protocol="b" * 64)
    now = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=30)
    publish(base, "theirs", [run_of(later, 0.9, started=now, ended=now)])
    tables = load_board(bench.settings, bench.registry).tables
    assert {table.protocol[0]: (table.current, table.rows[0].source) for table in tables} == {
        "a": (True, "own"),
        "b": (False, "published"),
    }


def test_what_a_submission_declares_is_part_of_its_stamp(bench: Bench, base: Path) -> None:
    folder = publish(base, "theirs", runs("alpha", ALPHA))
    (folder / "history.jsonl").unlink(missing_ok=True)

    def stamp() -> str:
        ((each,), _) = published(bench.settings)
        return each.stamp

    before = stamp()
    with (folder / "submission.yaml").open("a") as file:
        file.write("title: Another\n")
    assert stamp() != before


def test_stamps_are_of_what_files_hold_and_not_of_their_times(bench: Bench) -> None:
    """Or no table that comes with the package would hold where it is installed."""
    import inspect
    import os

    methods = load_registry().methods_of("basins")
    file = Path(inspect.getfile(methods[0].value))
    before, times = _of_code(methods), (file.stat().st_atime_ns, file.stat().st_mtime_ns)
    try:
        os.utime(file, ns=(times[0], times[1] + 1_000_000))
        assert _of_code(methods) == before
    finally:
        os.utime(file, ns=times)

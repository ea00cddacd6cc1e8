"""Building the board from a store: means, intervals, ranks, and what is not ranked."""

from __future__ import annotations

import json

import numpy as np
import pytest

from suite.benchmarks.ood.digits import DigitsTask
from suite.board.artifact import board_path, load_board
from suite.contracts import Column, Interval
from suite.store.reading import Reader
from suite.tracks.ood.metrics import auroc
from suite.tracks.ood.samples import Samples
from suite.tracks.ood.uncertainty import auroc_interval

from .conftest import REGISTRY, Store, fill

NEAR = Column(metric="auroc", subset="near")


def test_mean_interval_rank_and_points(store: Store) -> None:
    fill(store, "msp", [0.80, 0.82, 0.81, 0.79, 0.83])
    fill(store, "knn", [0.90, 0.92, 0.91, 0.89, 0.935], parameters={"k": 50})
    rows = store.rows()
    value = rows["knn"].value(NEAR)
    assert value is not None
    assert value.mean == pytest.approx(0.911)
    assert value.basis == "95 %, t over seeds"
    assert value.low == pytest.approx(0.911 - 2.776 * 0.01746 / 5**0.5, abs=1e-4)
    assert [(row.place, row.best, row.worst) for row in rows.values()] == [(1, 1, 1), (2, 2, 2)]
    assert [point.seed for point in rows["msp"].points] == [0, 1, 2, 3, 4]
    assert rows["msp"].cost["fit_seconds"] == 2.0
    assert store.tables()[0].facts == {"model": "seed 0: m0; seed 1: m1; seed 2: m2; seed 3: m3; seed 4: m4"}


def test_facts_in_which_rows_differ_are_the_rows_own(store: Store) -> None:
    fill(store, "msp", [0.8] * 5, facts={"scales": "fine"})
    fill(store, "knn", [0.9] * 5, facts={"scales": "coarse"})
    store.run("knn", 5, 0.9, facts={"scales": "fine"})  # of no number on the board, and so of no fact
    store.run("vim", 0, None)
    assert set(store.tables()[0].facts) == {"model"}
    assert {name: row.facts for name, row in store.rows().items()} == {
        "msp": {"scales": "fine"},
        "knn": {"scales": "coarse"},
        "vim": {},
    }


def test_an_interval_stays_within_the_bounds(store: Store) -> None:
    fill(store, "msp", [0.999, 1.0, 0.95, 1.0, 1.0])
    value = store.rows()["msp"].value(NEAR)
    assert value is not None
    assert value.high == 1.0


def test_incomplete_rows_are_shown_and_not_ranked(store: Store) -> None:
    fill(store, "msp", [0.8, 0.81, 0.82, 0.8, 0.81])
    fill(store, "energy", [0.99, 0.98], parameters={"temperature": 1.0})
    row = store.rows()["energy"]
    assert row.place is None
    assert row.unranked == "seeds 2, 3, 4 are not done"
    assert store.rows()["msp"].place == 1


def test_seeds_beyond_the_tasks_own_are_not_mixed_in(store: Store) -> None:
    fill(store, "msp", [0.8, 0.81, 0.82, 0.8, 0.81, 0.1])
    assert store.rows()["msp"].seeds == (0, 1, 2, 3, 4)


def test_a_partial_mean_is_not_ranked_with_complete_ones(store: Store) -> None:
    fill(store, "msp", [0.8, 0.81, 0.82, 0.8, 0.81])
    fill(store, "max-logit", [0.99, 0.98, 0.97, 0.98, 0.99], partial=True)
    row = store.rows()["max-logit"]
    assert (row.place, row.unranked) == (None, "partial mean beside complete ones")


def test_rows_that_lack_the_same_data_are_ranked_among_themselves(store: Store) -> None:
    fill(store, "msp", [0.8, 0.81, 0.82, 0.8, 0.81], partial=True)
    fill(store, "max-logit", [0.9, 0.91, 0.93, 0.9, 0.91], partial=True)
    assert [row.place for row in store.rows().values()] == [1, 2]
    assert store.tables()[0].missing == ("near/left-out-digits",)


def test_failures_are_counted_and_a_stale_run_is_not_a_failure(store: Store) -> None:
    fill(store, "msp", [0.8, 0.81, 0.82, 0.8])
    store.run("msp", 4, None, state="timeout")
    store.writer.release(store.run("knn", 0, 0.9))  # done already: releasing changes nothing
    row = store.rows()["msp"]
    assert row.failed == {"timeout": 1}
    assert row.unranked == "seeds 4 are not done"


def test_a_method_that_only_failed_has_a_row(store: Store) -> None:
    store.run("vim", 0, None)
    row = store.rows()["vim"]
    assert (row.place, row.failed, row.values) == (None, {"failed": 1}, ())


def test_parameters_make_rows_of_their_own(store: Store) -> None:
    fill(store, "energy", [0.8] * 5, parameters={"temperature": 1.0})
    fill(store, "energy", [0.9] * 5, parameters={"temperature": 2.0})
    assert set(store.rows()) == {"energy", "energy (temperature=2.0)"}


def test_a_spread_of_zero_has_no_interval(store: Store) -> None:
    fill(store, "msp", [0.8] * 5)
    value = store.rows()["msp"].value(NEAR)
    assert value is not None
    assert (value.low, value.high, value.basis) == (None, None, "")


def test_only_the_newest_code_of_a_method_counts(store: Store) -> None:
    fill(store, "msp", [0.1] * 5, source="old")
    reader = Reader(store.settings.database_url)
    reader.close()
    with store.writer._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE run SET started = datetime(started, '-1 hour')")
    fill(store, "msp", [0.8, 0.9], source="new")
    row = store.rows()["msp"]
    assert row.seeds == (0, 1)


def test_a_row_of_older_code_goes_whatever_its_parameters(store: Store) -> None:
    fill(store, "energy", [0.1] * 5, source="old", parameters={"temperature": 3.0})
    with store.writer._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE run SET started = datetime(started, '-1 hour')")
    fill(store, "energy", [0.8] * 5, source="new", parameters={"temperature": 1.0})
    assert set(store.rows()) == {"energy"}


def test_protocols_are_tables_of_their_own(store: Store) -> None:
    fill(store, "msp", [0.1] * 5, protocol="a" * 64)
    with store.writer._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE run SET started = datetime(started, '-1 hour')")
    fill(store, "msp", [0.8] * 5, protocol="b" * 64)
    assert [(table.protocol[0], table.current) for table in store.tables()] == [("b", True), ("a", False)]


def test_the_file_follows_the_store(store: Store) -> None:
    fill(store, "msp", [0.8] * 5)
    first = load_board(store.settings, REGISTRY)
    modified = board_path(store.settings).stat().st_mtime_ns
    assert load_board(store.settings, REGISTRY) == first
    assert board_path(store.settings).stat().st_mtime_ns == modified
    fill(store, "max-logit", [0.9] * 5)
    assert len(load_board(store.settings, REGISTRY).tables[0].rows) == 2


def test_a_damaged_file_is_built_again(store: Store) -> None:
    fill(store, "msp", [0.8] * 5)
    board_path(store.settings).write_text("{")
    assert load_board(store.settings, REGISTRY).tables[0].rows[0].name == "msp"


def test_a_file_of_an_earlier_format_is_built_again(store: Store) -> None:
    fill(store, "msp", [0.8] * 5)
    earlier = json.loads(load_board(store.settings, REGISTRY).model_dump_json())
    earlier["format"] = 2
    for table in earlier["tables"]:
        del table["comparable_by"]
        for row in table["rows"]:
            del row["facts"]
    board_path(store.settings).write_text(json.dumps(earlier))
    assert load_board(store.settings, REGISTRY).format == 3


def test_naming_the_facts_of_comparable_rows_builds_the_board_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, "msp", [0.8] * 5)
    assert load_board(store.settings, REGISTRY).tables[0].comparable_by == ()
    monkeypatch.setattr(DigitsTask, "comparable_by", ("scales",))
    assert load_board(store.settings, REGISTRY).tables[0].comparable_by == ("scales",)


def sampled(store: Store, method: str, inside: np.ndarray, outside: np.ndarray) -> None:
    """Record one seed of a method with its per-sample table."""
    samples = Samples(
        {"id": inside, "near/left-out-digits": outside},
        {"id": np.zeros(len(inside), int), "near/left-out-digits": np.zeros(len(outside), int)},
        {"id": np.zeros(len(inside), int)},
    )
    value = auroc(inside, outside)
    run = store.run(method, 0, value, interval=auroc_interval(inside, [outside]))
    store.samples[run] = samples.to_table(
        {"id": np.arange(len(inside)), "near/left-out-digits": np.arange(len(outside))}
    )


@pytest.fixture
def one_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DigitsTask, "seeds", (0,))


@pytest.mark.usefixtures("one_seed")
def test_one_seed_is_ranked_over_the_samples_of_its_model(store: Store) -> None:
    rng = np.random.default_rng(0)
    inside, outside = rng.normal(1.5, 1, 500), rng.normal(0, 1, 400)
    sampled(store, "knn", inside, outside)
    sampled(store, "msp", inside + rng.normal(0, 0.05, 500), outside)
    sampled(store, "vim", inside, outside + 1)
    (table,) = store.tables()
    assert table.comparison == "paired over the test samples of one model"
    rows = {row.name: row for row in table.rows}
    assert (rows["vim"].best, rows["vim"].worst) == (3, 3)
    assert {(rows[name].best, rows[name].worst) for name in ("knn", "msp")} == {(1, 2)}
    value = rows["knn"].value(NEAR)
    assert value is not None
    assert value.basis == "95 %, DeLong over samples"
    assert value.low is not None
    assert value.low < value.mean < value.high


def test_seeds_are_never_mixed_with_samples(store: Store) -> None:
    interval = Interval(0.1, 0.9, 0.95, "DeLong over samples", 900)
    fill(store, "msp", [0.80, 0.82, 0.81, 0.79, 0.83], interval=interval)
    value = store.rows()["msp"].value(NEAR)
    assert value is not None
    assert value.basis == "95 %, t over seeds"
    assert value.low is not None
    assert value.low > 0.7
    assert store.tables()[0].comparison == "paired t over seeds"


def test_a_league_is_ranked_by_itself_unless_asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(REGISTRY.methods["ood/knn"], "league", "training")
    for method, base in (("msp", 0.8), ("knn", 0.9), ("vim", 0.7)):
        fill(store, method, [base, base + 0.02, base + 0.01, base - 0.01, base + 0.03])
    (table,) = store.tables()
    assert [(row.name, row.league, row.place) for row in table.rows] == [
        ("msp", "post-hoc", 1),
        ("vim", "post-hoc", 2),
        ("knn", "training", 1),
    ]
    together = table.together()
    assert [(row.name, row.place) for row in together.rows] == [("knn", 1), ("msp", 2), ("vim", 3)]

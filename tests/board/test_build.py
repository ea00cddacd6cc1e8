"""Building the board from a store: means, intervals, ranks, and what is not ranked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from suite.board.artifact import build_board, load_board
from suite.board.ranking import NOT_INSTALLED
from suite.contracts import Column, Interval
from suite.hashing import digest
from suite.source import source_digest, task_source
from suite.stats.sampled import normal_interval
from suite.store.reading import Reader
from suite.store.samples import samples_path

from .conftest import Store, fill, place, span

NEAR = Column(metric="accuracy", subset="near")


def test_mean_interval_rank_and_runs(store: Store) -> None:
    fill(store, "alpha", [0.80, 0.82, 0.81, 0.79, 0.83])
    fill(store, "beta", [0.90, 0.92, 0.91, 0.89, 0.935], parameters={"k": 50})
    rows = store.rows()
    value = rows["beta"].value(NEAR)
    assert value is not None
    assert value.mean == pytest.approx(0.911)
    assert value.basis == "95 %, t over seeds"
    assert value.low == pytest.approx(0.911 - 2.776 * 0.01746 / 5**0.5, abs=1e-4)
    assert [span(row) for row in rows.values()] == [(1, 1, 1), (2, 2, 2)]
    assert [(run.seed, run.value) for run in rows["alpha"].scored][:2] == [(0, 0.80), (1, 0.82)]
    assert rows["alpha"].cost["fit_seconds"] == 2.0
    assert store.tables()[0].facts == {"model": "seed 0: m0; seed 1: m1; seed 2: m2; seed 3: m3; seed 4: m4"}


def test_facts_in_which_rows_differ_are_the_rows_own(store: Store) -> None:
    fill(store, "alpha", [0.8] * 5, facts={"scales": "fine"})
    fill(store, "beta", [0.9] * 5, facts={"scales": "coarse"})
    store.run("beta", 5, 0.9, facts={"scales": "fine"})  # of no number on the board, and so of no fact
    store.run("delta", 0, None)
    assert set(store.tables()[0].facts) == {"model"}
    assert {name: row.facts for name, row in store.rows().items()} == {
        "alpha": {"scales": "fine"},
        "beta": {"scales": "coarse"},
        "delta": {},
    }


def test_an_interval_stays_within_the_bounds(store: Store) -> None:
    fill(store, "alpha", [0.999, 1.0, 0.95, 1.0, 1.0])
    value = store.rows()["alpha"].value(NEAR)
    assert value is not None
    assert value.high == 1.0


def test_incomplete_rows_are_shown_and_not_ranked(store: Store) -> None:
    fill(store, "alpha", [0.8, 0.81, 0.82, 0.8, 0.81])
    fill(store, "gamma", [0.99, 0.98], parameters={"temperature": 1.0})
    row = store.rows()["gamma"]
    assert row.rank is None
    assert row.unranked == "seeds 2–4 are not done"
    assert place(store.rows()["alpha"]) == 1


def test_seeds_beyond_the_tasks_own_are_not_mixed_in(store: Store) -> None:
    fill(store, "alpha", [0.8, 0.81, 0.82, 0.8, 0.81, 0.1])
    assert store.rows()["alpha"].seeds == (0, 1, 2, 3, 4)


def test_a_partial_mean_is_not_ranked_with_complete_ones(store: Store) -> None:
    fill(store, "alpha", [0.8, 0.81, 0.82, 0.8, 0.81])
    fill(store, "delta", [0.99, 0.98, 0.97, 0.98, 0.99], partial=True)
    row = store.rows()["delta"]
    assert (row.rank, row.unranked) == (None, "partial mean beside complete ones")


def test_rows_that_lack_the_same_data_are_ranked_among_themselves(store: Store) -> None:
    fill(store, "alpha", [0.8, 0.81, 0.82, 0.8, 0.81], partial=True)
    fill(store, "delta", [0.9, 0.91, 0.93, 0.9, 0.91], partial=True)
    assert [place(row) for row in store.rows().values()] == [1, 2]
    assert store.tables()[0].missing == ("near/left-out",)


def test_failures_are_counted_and_a_stale_run_is_not_a_failure(store: Store) -> None:
    fill(store, "alpha", [0.8, 0.81, 0.82, 0.8])
    store.run("alpha", 4, None, state="timeout")
    store.writer.release(store.run("beta", 0, 0.9))  # done already: releasing changes nothing
    row = store.rows()["alpha"]
    assert row.failed == {"timeout": 1}
    assert row.unranked == "seed 4 failed"


def test_a_method_that_only_failed_has_a_row(store: Store) -> None:
    store.run("delta", 0, None)
    row = store.rows()["delta"]
    assert (row.rank, row.failed, row.values) == (None, {"failed": 1}, ())


def test_parameters_make_rows_of_their_own(store: Store) -> None:
    fill(store, "gamma", [0.8] * 5, parameters={"temperature": 1.0})
    fill(store, "gamma", [0.9] * 5, parameters={"temperature": 2.0})
    assert set(store.rows()) == {"gamma", "gamma (temperature=2.0)"}


def test_a_spread_of_zero_has_no_interval(store: Store) -> None:
    fill(store, "alpha", [0.8] * 5)
    value = store.rows()["alpha"].value(NEAR)
    assert value is not None
    assert (value.low, value.high, value.basis) == (None, None, "")


def test_only_the_newest_code_of_a_method_counts(store: Store) -> None:
    fill(store, "alpha", [0.1] * 5, source="old")
    reader = Reader(store.settings.database_url)
    reader.close()
    store.age()
    fill(store, "alpha", [0.8, 0.9], source="new")
    row = store.rows()["alpha"]
    assert row.seeds == (0, 1)


def test_the_code_that_is_registered_now_counts_though_other_code_was_run_since(store: Store) -> None:
    entry = store.registry.methods.entry("demo/alpha")
    now = {"version": entry.value.version, "source": source_digest(entry)}
    fill(store, "alpha", [0.8, 0.9], **now)
    store.age()
    fill(store, "alpha", [0.1] * 5, **{**now, "source": "edited, and back since"})
    assert store.rows()["alpha"].seeds == (0, 1)


def test_a_row_of_older_code_goes_whatever_its_parameters(store: Store) -> None:
    fill(store, "gamma", [0.1] * 5, source="old", parameters={"temperature": 3.0})
    store.age()
    fill(store, "gamma", [0.8] * 5, source="new", parameters={"temperature": 1.0})
    assert set(store.rows()) == {"gamma"}


def test_protocols_are_tables_of_their_own(store: Store) -> None:
    fill(store, "alpha", [0.1] * 5, protocol="a" * 64)
    store.age()
    fill(store, "alpha", [0.8] * 5, protocol="b" * 64)
    assert [(table.protocol[0], table.current) for table in store.tables()] == [("b", True), ("a", False)]


def test_the_protocol_of_the_task_that_is_registered_now_is_current(store: Store) -> None:
    source = task_source(store.task("demo/plain")())
    fill(store, "alpha", [0.1] * 5, protocol="a" * 64, task_source=source)
    store.age()
    fill(store, "alpha", [0.8] * 5, protocol="b" * 64, task_source="edited, and back since")
    assert [(table.protocol[0], table.current) for table in store.tables()] == [("a", True), ("b", False)]


def test_naming_the_facts_of_comparable_rows_builds_the_board_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, "alpha", [0.8] * 5)
    assert load_board(store.settings, store.registry).tables[0].comparable_by == ()
    monkeypatch.setattr(store.task("demo/plain"), "comparable_by", ("scales",))
    assert load_board(store.settings, store.registry).tables[0].comparable_by == ("scales",)


RNG = np.random.default_rng(0)
MARKS = RNG.random(500) < 0.8


def sampled(store: Store, method: str, marks: NDArray[np.bool_], **about: Any) -> None:
    """Record one seed of a method with its samples."""
    influence = {"near": marks.astype(float)}
    interval = normal_interval(influence, basis="normal approximation over marks")
    run = store.run(method, 0, float(marks.mean()), interval=interval, samples=digest(method), **about)
    store.samples[run] = pa.table({"subset": ["near"] * len(marks), "mark": marks.astype(float)})


@pytest.fixture
def one_seed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.task("demo/plain"), "seeds", (0,))


@pytest.mark.usefixtures("one_seed")
def test_one_seed_is_ranked_over_the_samples_of_its_model(store: Store) -> None:
    sampled(store, "beta", MARKS)
    sampled(store, "alpha", MARKS ^ (np.arange(500) < 2))
    sampled(store, "delta", MARKS & (np.arange(500) < 300))
    (table,) = store.tables()
    assert table.comparison == "samples of the one seed"
    rows = {row.name: row for row in table.rows}
    assert span(rows["delta"]) == (3, 3, 3)
    assert {span(rows[name])[1:] for name in ("beta", "alpha")} == {(1, 2)}
    assert [row.name for row in table.rows if row.rank.tied] == ["beta", "alpha"]
    value = rows["beta"].value(NEAR)
    assert value is not None
    assert value.basis == "95 %, normal approximation over marks"
    assert value.low is not None
    assert value.low < value.mean < value.high
    difference = rows["delta"].difference
    assert difference is not None
    assert difference.basis == table.comparison
    assert difference.low < difference.mean < difference.high < 0
    assert difference.p < 1e-6


@pytest.mark.usefixtures("one_seed")
@pytest.mark.parametrize("damage", ["gone", "unreadable", "of an earlier version", "of other samples"])
def test_samples_that_are_not_at_hand_separate_nothing(store: Store, damage: str) -> None:
    sampled(store, "alpha", MARKS)
    sampled(store, "beta", MARKS & (np.arange(500) < 300))
    first, second = store.samples
    tables = dict(store.samples)
    damaged = {
        "of an earlier version": pa.table({"right": [1.0]}),
        "of other samples": tables[second].slice(0, 400),
    }

    def read(run: str) -> pa.Table | None:
        if run == first:
            return tables[first]
        if damage == "unreadable":
            raise OSError("not a Parquet file")
        return damaged.get(damage)

    reader = Reader(store.settings.database_url)
    (table,) = build_board(reader, store.registry, read).tables
    reader.close()
    assert [(row.name, span(row)) for row in table.rows] == [("alpha", (1, 1, 2)), ("beta", (2, 1, 2))]
    difference = table.rows[1].difference
    assert (difference.low, difference.high, difference.p, difference.basis) == (None, None, None, "")


@pytest.mark.usefixtures("one_seed")
def test_a_damaged_samples_file_is_no_traceback(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    for method, mean in (("alpha", 0.9), ("beta", 0.8)):
        path = samples_path(store.settings, digest(method))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"PAR1 and then nothing")
        store.run(method, 0, mean, samples=digest(method))
    (table,) = load_board(store.settings, store.registry).tables
    assert table.comparison == "one seed, nothing known of the spread"
    assert [span(row) for row in table.rows] == [(1, 1, 2), (2, 1, 2)]
    assert "are damaged, and count as gone" in caplog.text


def test_seeds_are_never_mixed_with_samples(store: Store) -> None:
    interval = Interval(0.1, 0.9, 0.95, "DeLong over samples", 900)
    fill(store, "alpha", [0.80, 0.82, 0.81, 0.79, 0.83], interval=interval)
    value = store.rows()["alpha"].value(NEAR)
    assert value is not None
    assert value.basis == "95 %, t over seeds"
    assert value.low is not None
    assert value.low > 0.7
    assert store.tables()[0].comparison == "5 seeds"


def spread(base: float) -> list[float]:
    return [base, base + 0.02, base + 0.01, base - 0.01, base + 0.03]


def test_a_privilege_is_ranked_by_itself_unless_asked(store: Store) -> None:
    for method, base in (("alpha", 0.8), ("trained", 0.9), ("delta", 0.7)):
        fill(store, method, spread(base))
    (table,) = store.tables()
    assert [(row.name, row.access, place(row)) for row in table.rows] == [
        ("alpha", (), 1),
        ("delta", (), 2),
        ("trained", ("training data",), 1),
    ]
    assert table.accesses == [(), ("training data",)]
    together = table.together()
    assert [(row.name, place(row)) for row in together.rows] == [("trained", 1), ("alpha", 2), ("delta", 3)]


def test_a_partners_privilege_is_the_rows(store: Store) -> None:
    fill(store, "gamma", spread(0.8), parameters={"temperature": 1.0, "update": "trained"})
    fill(store, "gamma", spread(0.7), parameters={"temperature": 1.0, "update": "beta(k=3)"})
    fill(store, "gamma", spread(0.6), parameters={"temperature": 1.0, "update": "lost"})
    assert {label: (row.access, row.standing) for label, row in store.rows().items()} == {
        "gamma (update=trained)": (("training data",), "ranked"),
        "gamma (update=beta(k=3))": ((), "ranked"),
        "gamma (update=lost)": ((), "not installed"),
    }


def test_references_are_shown_with_their_difference_and_take_no_place(store: Store) -> None:
    fill(store, "chance", spread(0.95))
    fill(store, "alpha", [0.9, 0.9, 0.91, 0.9, 0.9])
    fill(store, "beta", spread(0.6))
    fill(store, "removed", spread(0.7))
    (table,) = store.tables()
    assert [(row.name, row.standing, place(row), row.unranked) for row in table.rows] == [
        ("alpha", "ranked", 1, ""),
        ("beta", "ranked", 2, ""),
        ("chance", "reference", None, ""),
        ("removed", "not installed", None, NOT_INSTALLED),
    ]
    best, beta, chance, removed = (row.difference for row in table.rows)
    assert best.mean == 0
    assert (chance.mean, chance.basis) == (pytest.approx(np.mean(spread(0.95)) - 0.902), "5 seeds")
    assert chance.low < chance.mean < chance.high
    assert chance.p < 0.01
    assert beta.mean < removed.mean < 0 < chance.mean
    assert (table.rows[1].together.place, table.rows[2].together) == (2, None)  # among those that are ranked


def test_a_constant_difference_is_a_difference(store: Store) -> None:
    fill(store, "alpha", [0.5] * 5)
    fill(store, "chance", [0.25] * 5)
    difference = store.rows()["chance"].difference
    assert (difference.mean, difference.low, difference.high, difference.p) == (-0.25, -0.25, -0.25, 0.0)


def test_a_reference_alone_differs_from_nothing(store: Store) -> None:
    fill(store, "chance", spread(0.5))
    row = store.rows()["chance"]
    assert (row.rank, row.difference, row.unranked) == (None, None, "")


def test_a_complete_reference_is_not_held_against_partial_means(store: Store) -> None:
    fill(store, "alpha", spread(0.8), partial=True)
    fill(store, "chance", spread(0.5))
    rows = store.rows()
    assert place(rows["alpha"]) == 1
    assert rows["chance"].difference is None


@pytest.mark.parametrize(
    ("failed", "missing", "said"),
    [
        ([0, 1, 2, 3, 4], [], "seeds 0–4 failed"),
        ([0, 1, 3], [2], "seeds 0, 1, 3 failed, seed 2 is not done"),
        ([2], [3, 4], "seed 2 failed, seeds 3, 4 are not done"),
    ],
)
def test_seeds_that_failed_are_not_called_waiting(
    store: Store, failed: list[int], missing: list[int], said: str
) -> None:
    for seed in range(5):
        if seed not in missing:
            store.run("alpha", seed, None if seed in failed else 0.5)
    assert store.rows()["alpha"].unranked == said

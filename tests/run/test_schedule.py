"""The order in which cells start, and how long the rest is expected to take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.contracts import Cost
from suite.run import schedule
from suite.run.expectation import Expectation
from suite.run.plan import PlannedCell
from suite.run.schedule import Deadline, Schedule
from suite.store.rows import CellRow

SECONDS = {"quick": 1.0, "slow": 10.0, "slowest": 100.0}


def cell(method: str, seed: int, task: str = "fast/count") -> PlannedCell:
    name = f"{task} {method} {seed}"
    return PlannedCell(CellRow(name, "{}", task, task, "1", f"fast/{method}", "1", {}, {}, seed), 0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands until a test moves it."""
    now = [0.0]
    monkeypatch.setattr(schedule.time, "monotonic", lambda: now[0])
    return now


def run_all(plan: Schedule, clock: list[float]) -> list[str]:
    """Run one cell after the other, each for as long as its method takes."""
    order = []
    for planned in plan.take():
        method = planned.cell.method.removeprefix("fast/")
        clock[0] += SECONDS[method]
        plan.ended(planned.cell, True, 0.0)
        order.append(f"{method} {planned.cell.seed}")
    return order


def test_one_cell_of_each_method_comes_first_and_then_the_longest(clock: list[float]) -> None:
    cells = [cell(method, seed) for seed in (0, 1, 2) for method in SECONDS]
    order = run_all(Schedule(cells, Expectation((), {}), 1, Deadline()), clock)
    assert {line.split()[0] for line in order[:3]} == set(SECONDS), "nothing is known of them yet"
    assert order[3:] == ["slowest 1", "slowest 2", "slow 1", "slow 2", "quick 1", "quick 2"]


def test_what_the_store_knows_needs_no_trial(clock: list[float]) -> None:
    past = [("fast/count", "fast/count", f"fast/{method}", seconds, 2) for method, seconds in SECONDS.items()]
    cells = [cell(method, seed) for seed in (0, 1) for method in SECONDS]
    order = run_all(Schedule(cells, Expectation(past, {}), 1, Deadline()), clock)
    assert order == ["slowest 0", "slowest 1", "slow 0", "slow 1", "quick 0", "quick 1"]


def test_nothing_starts_that_would_end_after_the_deadline(clock: list[float]) -> None:
    past = [("fast/count", "fast/count", f"fast/{method}", seconds, 1) for method, seconds in SECONDS.items()]
    plan = Schedule([cell(m, s) for s in (0, 1) for m in SECONDS], Expectation(past, {}), 1, Deadline(25.0))
    assert run_all(plan, clock) == ["slow 0", "slow 1", "quick 0", "quick 1"]
    assert plan.waiting == 2
    clock[0] = 26.0
    assert list(plan.take()) == []


def test_a_cell_that_was_given_back_waits_again(clock: list[float]) -> None:
    plan = Schedule([cell("slow", 0)], Expectation((), {}), 1, Deadline())
    (planned,) = plan.take()
    assert plan.waiting == 0
    plan.give_back(planned)
    assert [each.cell.seed for each in plan.take()] == [0]


@given(st.lists(st.sampled_from(sorted(SECONDS)), min_size=1, max_size=30), st.integers(1, 4))
def test_the_time_left_is_the_sum_over_workers(methods: list[str], workers: int) -> None:
    past = [("fast/count", "fast/count", f"fast/{method}", seconds, 1) for method, seconds in SECONDS.items()]
    plan = Schedule([cell(m, seed) for seed, m in enumerate(methods)], Expectation(past, {}), workers, Deadline())
    assert plan.left() == pytest.approx(sum(SECONDS[method] for method in methods) / workers)


def test_the_time_left_takes_the_unknown_for_the_mean_of_the_known(clock: list[float]) -> None:
    plan = Schedule([cell("a", 0), cell("b", 0, "fast/varied")], Expectation((), {}), 1, Deadline())
    assert plan.left() is None
    expectation = Expectation((), {"fast/count": Cost(preparation=1.0, cell=3.0), "fast/varied": None})
    assert Schedule([cell("a", 0), cell("b", 0, "fast/varied")], expectation, 1, Deadline()).left() == 6.0


def test_expectations_go_from_what_is_declared_to_what_was_seen() -> None:
    expectation = Expectation((), {"fast/count": Cost(preparation=7.0, cell=3.0)})
    first, second = cell("a", 0).cell, cell("b", 0).cell
    assert (expectation.preparation("fast/count"), expectation.seconds(first)) == (7.0, 3.0)
    expectation.learn(first, 11.0)
    expectation.learn(first, 13.0)
    assert expectation.seconds(first) == 12.0
    assert expectation.seconds(second) == 12.0, "as the task's other cells"
    assert expectation.knows(first)
    assert not expectation.knows(second)
    assert expectation.seconds(cell("a", 0, "fast/varied").cell) is None


def test_cells_whose_runner_died_come_last_and_alone_when_they_are_tried_for_the_last_time() -> None:
    died = [PlannedCell(cell("slowest", seed).cell, 3, seed) for seed in (1, 2)]
    schedule = Schedule([*died, cell("quick", 0)], Expectation((), {}), 2, Deadline())
    assert schedule.waiting == 3
    assert [planned.cell.seed for planned in schedule.take()] == [0, 1]
    assert [planned.cell.seed for planned in schedule.take_alone()] == [2]

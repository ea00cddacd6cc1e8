"""What must hold on any scale-invariant network, on the ticks, and what a cell says."""

from __future__ import annotations

from typing import Any

import altair
import numpy as np
import pytest
import torch

from suite.benchmarks.learning_rate.ticks import TicksTask
from suite.contracts import Column, Outcome, Resources, TaskContext
from suite.registry import load_registry
from suite.testing import TrainingTaskContract
from suite.tracks.learning_rate.regimes import CONVERGED, regimes


def converged_after(task: Any, context: TaskContext, every: int = 100) -> np.ndarray:
    """Return after how many updates the mean loss is below the threshold, at most the budget, by rate [R]."""
    problem = task.problem(context)
    trainer = task.trainer(problem, context)
    weights, after = trainer.start, torch.full((len(trainer.rates),), float(task.updates))
    while trainer.left:
        weights = trainer.train(weights, trainer.rates.repeat(every, 1))
        there = problem.losses(weights, problem.train) < CONVERGED
        after = torch.where(there, after.minimum(torch.tensor(float(trainer.used))), after)
    return task.by_rate(after).numpy()


@pytest.mark.slow
class TestTicks(TrainingTaskContract):
    task = TicksTask


def test_the_probes_are_where_the_problem_is(resources: Resources) -> None:
    task = TicksTask()
    context = TaskContext(0, resources, task.setting({}))
    probes = task.probes(context, task.problem(context).to("meta"))
    assert {tensor.device.type for part in probes for tensor in (part.inputs, part.labels)} == {"meta"}


@pytest.mark.slow
def test_convergence_takes_ever_longer_near_the_boundary(resources: Resources) -> None:
    task: Any = TicksTask()
    task.updates, task.starts, task.axes = 6000, 4, ()
    task.rates = tuple(10**power for power in (-2.5, -2.375, -2.25, -2.125))
    after = np.mean([converged_after(task, TaskContext(seed, resources)) for seed in (0, 1)], axis=0)
    assert (np.diff(after) > 0).all()
    assert after[2] > 3 * after[0]
    assert after[3] == task.updates  # at the highest rate no run converges


@pytest.fixture(scope="module")
def small(resources: Resources) -> tuple[Any, TaskContext]:
    task = TicksTask()
    return task, TaskContext(0, resources, task.setting({}))


def outcome(name: str, small: tuple[Any, TaskContext]) -> Outcome:
    task, context = small
    found: Outcome = task.evaluate(load_registry().methods[f"learning-rate/{name}"](), context)
    return found


@pytest.mark.slow
def test_a_cell_says_what_was_chosen_and_in_which_regime(small: tuple[Any, TaskContext]) -> None:
    task, context = small
    found = outcome("cosine", small)
    samples: Any = found.samples
    kinds = regimes(task.survey(context), 0.5)
    assert {"1", "2A", "3"} <= set(kinds.tolist())
    assert kinds.tolist() == list(samples.regime[0])
    assert kinds[samples.chosen] in found.facts["rate"]
    assert samples.value(Column(metric="rate", subset="chosen-rate")).value == task.rates[samples.chosen]
    (picture,) = samples.pictures("all-rates")
    assert len(picture.spec["data"]["values"]) == len(task.rates)
    altair.LayerChart.from_dict(picture.spec)  # validates
    assert {column.metric for column in task.columns if samples.value(column)} == {each.name for each in task.metrics}
    again = type(samples).read(samples.table())
    for column in task.columns:
        if samples.influence(column) is not None:
            assert again.value(column) == samples.value(column)
    means = samples.trace.mean(axis=0)
    sensitivity = samples.value(Column(metric="rate_sensitivity", subset="all-rates")).value
    assert sensitivity == pytest.approx(float(np.mean(means.max() - np.maximum(means, 0.5))))


@pytest.mark.slow
def test_too_high_a_rate_diverges_and_a_schedule_mends_some(small: tuple[Any, TaskContext]) -> None:
    column = Column(metric="share_diverged", subset="all-rates")
    constant, tuned = (outcome(name, small).samples.value(column) for name in ("constant-rate", "fine-tuning"))
    assert constant is not None
    assert tuned is not None
    assert constant.value > tuned.value

"""The protocol finds on the deep linear network what is known of it."""

from __future__ import annotations

import pytest

from suite.benchmarks.learning_rate.deep_linear import EXACT, EXCESS, DeepLinearTask
from suite.contracts import Column, Resources, TaskContext
from suite.plugins.learning_rate.constant_rate import ConstantRate
from suite.testing import TrainingTaskContract
from suite.tracks.learning_rate.metrics import CHOSEN


@pytest.mark.slow
class TestDeepLinear(TrainingTaskContract):
    task = DeepLinearTask


@pytest.mark.parametrize("seed", DeepLinearTask.seeds)
def test_plain_descent_is_the_exact_one_and_the_boundary_lies_at_the_stable_rate(seed: int, resources: Resources):
    task = DeepLinearTask()
    outcome = task.evaluate(ConstantRate(), TaskContext(seed, resources, task.setting({})))
    excess, exact = (outcome.samples.value(Column(metric=metric.name, subset=CHOSEN)) for metric in (EXCESS, EXACT))
    assert excess is not None
    assert exact is not None
    assert excess.value == pytest.approx(exact.value, rel=1e-6)
    assert outcome.facts["largest stable rate"] == "0.2646"
    assert outcome.facts["regime 1"].endswith("to 0.237")  # the highest rate of the grid below it
    assert "in regime 1" in outcome.facts["rate"]

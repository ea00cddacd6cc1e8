"""What a schedule or a procedure returns is held to its shape and to finite numbers, before a score is made of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from suite.benchmarks.learning_rate.ticks import TicksTask
from suite.contracts import Card, Resources, TaskContext
from suite.tracks.learning_rate import Procedure, Schedule, Trainer, TrainingContext
from suite.tracks.learning_rate.problem import Problem
from suite.tracks.learning_rate.trainer import TaskTrainer

CONTEXT = TrainingContext(seed=0, updates=4, batch=16, look=1, fine=1e-3)


class Given(Schedule):
    """Returns what a test says."""

    name, version = "given", "1"
    card = Card(title="Given", status="baseline")
    answer: Any = None

    def rates(self, grid: torch.Tensor, context: TrainingContext) -> torch.Tensor:
        answer: torch.Tensor = self.answer(grid) if callable(self.answer) else self.answer
        return answer


class Lost(Procedure):
    """Loses the weights of one run."""

    name, version = "lost", "1"
    card = Card(title="Lost", status="baseline")

    def train(self, trainer: Trainer, context: TrainingContext) -> torch.Tensor:
        weights = trainer.start
        weights[1] = torch.nan
        return weights


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, r"rates of given returned None; its contract wants a tensor \[4, 6\] of real numbers"),
        (lambda grid: grid, r"returned a tensor \[6\] of float32"),
        (lambda grid: grid.repeat(3, 1), r"returned a tensor \[3, 6\] of float32"),
        (lambda grid: grid.repeat(4, 1) * 1j, r"returned a tensor \[4, 6\] of complex64"),
        (lambda grid: -grid.repeat(4, 1), r"returns -\S+ at update 0 of run 0"),
        (lambda grid: torch.full((4, 6), torch.nan), "returns nan at update 0 of run 0"),
    ],
)
def test_rates_that_are_none_are_refused_before_a_step(answer: Any, why: str, images: Problem) -> None:
    made = TaskTrainer(images, torch.full((6,), 0.01), 4, 16, np.random.default_rng(0))
    schedule = Given()
    schedule.answer = answer
    with pytest.raises((TypeError, ValueError), match=why):
        schedule.train(made, CONTEXT)
    assert made.left == 4


def test_weights_that_are_not_finite_have_no_score(resources: Resources) -> None:
    task = TicksTask()
    with pytest.raises(ValueError, match="the weights of lost are NaN or infinite in 1 of 30 runs"):
        task.evaluate(Lost(), TaskContext(0, resources, task.setting({})))

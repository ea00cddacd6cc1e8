"""What every method of the temperature track holds, on two wells on the circle, or on an encoder that is trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest

from suite.contracts import Resources, TaskContext
from suite.lazy import torch
from suite.registry import load_registry
from suite.testing.method import Answer, Asked, MethodContract
from suite.tracks.temperature import Annealer
from suite.tracks.temperature.encoder.protocol import ContrastiveTask
from suite.tracks.temperature.encoder.walkers import EncoderWalkers
from suite.tracks.temperature.protocol import AnnealingTask
from suite.tracks.temperature.walkers import TaskWalkers

RUNS, ETA = 64, 0.05


@dataclass(frozen=True)
class Case:
    """Few runs of few steps of a task, and few updates of an encoder for methods that need its loss."""

    task: AnnealingTask
    encoder: ContrastiveTask
    resources: Resources

    def annealed(self, method: Annealer, seed: int = 0) -> TaskWalkers | EncoderWalkers:
        """Return the walkers after the method is done."""
        needs_loss = "loss" in method.needs
        task, values = (self.encoder, {}) if needs_loss else (self.task, {"budget": "t25"})
        context = TaskContext(seed, self.resources, task.setting(values))
        walkers = task.walkers(context)
        method.anneal(walkers, task.told(context))
        return walkers


def circle_case(resources: Resources) -> Case:
    """Return 64 runs of ``temperature/circle``, with 500 steps of 0.05; the encoder of digits has 10 updates."""
    task, encoder = (load_registry().tasks[f"temperature/{name}"]() for name in ("circle", "contrastive-digits"))
    circle: Any = task
    circle.runs, circle.eta = RUNS, ETA
    digits: Any = encoder
    digits.training = replace(digits.training, updates=10, batch=60)
    return Case(circle, digits, resources)


class AnnealerContract(MethodContract):
    """Checks of an `Annealer`: override ``method``, and ``changes`` if it has parameters."""

    tolerance: ClassVar[float] = 1e-3

    @pytest.fixture(scope="session")
    @classmethod
    def inputs(cls, resources: Resources) -> Case:
        """Return the runs that are asked for."""
        return circle_case(resources)

    @classmethod
    def tensors(cls, inputs: Case) -> Answer:
        """Return nothing: a method is given no tensors."""
        return ()

    @classmethod
    def ask(cls, method: Annealer, inputs: Case, seed: int = 0) -> Answer:
        """Return the answers and the inverse temperatures."""
        walkers = inputs.annealed(method, seed)
        answers = np.ascontiguousarray(walkers.finish())
        return torch.from_numpy(answers), torch.tensor(walkers.record.betas, dtype=torch.float64)

    @classmethod
    def is_same(cls, one: Answer, other: Answer) -> bool:
        """Compare runs that took the same number of steps."""
        return all(a.shape == b.shape for a, b in zip(one, other, strict=True)) and super().is_same(one, other)

    def test_its_answers_are_finite(self, asked: Asked) -> None:
        """One for each run, after steps at positive inverse temperatures."""
        answers, betas = asked.answer
        assert answers.shape[1] in (RUNS, 1), "an answer for each run, or for the encoder"
        assert answers.isfinite().all()
        assert len(betas)
        assert (betas > 0).all()

    def test_the_budget_is_kept_to_and_used(self, inputs: Case, asked: Asked) -> None:
        """No evaluation more than there are, and no tenth of them left."""
        walkers = inputs.annealed(asked.made)
        assert 0 <= walkers.left <= walkers.budget / 10

"""What every method of the learning-rate track holds, on a short training of a small ConvNet on digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from suite.contracts import Resources, TaskContext
from suite.lazy import torch
from suite.registry import load_registry
from suite.testing.method import Answer, Asked, MethodContract
from suite.testing.valueless import until_valued
from suite.tracks.learning_rate import Procedure
from suite.tracks.learning_rate.network import ConvNet
from suite.tracks.learning_rate.protocol import TrainingTask
from suite.tracks.learning_rate.trainer import TaskTrainer

UPDATES = 24


@dataclass(frozen=True)
class Case:
    """Few updates of a task, and its data under the first seed."""

    task: TrainingTask
    context: TaskContext

    def trained(self, method: Procedure, seed: int = 0) -> tuple[torch.Tensor, TaskTrainer]:
        """Return the final weights and the trainer, after the method is done."""
        context = TaskContext(seed, self.context.resources, self.context.setting)
        trainer = self.task.trainer(self.task.problem(context), context)
        return method.train(trainer, self.task.told(context, trainer)), trainer


def digits_case(resources: Resources) -> Case:
    """Return ``learning-rate/digits-si`` with a network of width 2, and 24 updates of 64 samples at three rates."""
    task: Any = load_registry().tasks["learning-rate/digits-si"]()
    task.updates, task.batch, task.rates = UPDATES, 64, (1e-3, 1e-2, 1e-1)
    task.network = ConvNet(channels=1, width=2, depth=3, classes=10)
    return Case(task, TaskContext(0, resources, task.setting({})))


class ProcedureContract(MethodContract):
    """Checks of a `Procedure`: override ``method``, and ``changes`` if it has parameters."""

    tolerance: ClassVar[float] = 1e-4

    @pytest.fixture(scope="session")
    @classmethod
    def inputs(cls, resources: Resources) -> Case:
        """Return the training that is asked for."""
        return digits_case(resources)

    @classmethod
    def tensors(cls, inputs: Case) -> Answer:
        """Return nothing: what a method is given are copies."""
        return ()

    @classmethod
    def ask(cls, method: Procedure, inputs: Case, seed: int = 0) -> Answer:
        """Return the final weights."""
        return (inputs.trained(method, seed)[0],)

    def test_its_weights_are_finite(self, asked: Asked) -> None:
        """A row for each run, of the shape of the start."""
        [weights] = asked.answer
        assert weights.ndim == 2
        assert len(weights) == 3
        assert weights.isfinite().all()

    def test_the_budget_is_kept_to_and_used(self, inputs: Case, asked: Asked) -> None:
        """No gradient more than there are, and no tenth of them left."""
        _, trainer = inputs.trained(asked.made)
        assert 0 <= trainer.left <= UPDATES / 10

    def test_it_works_where_the_weights_are(
        self, method: type[Procedure], given: Mapping[str, Any], inputs: Case
    ) -> None:
        """On a GPU, say: tried on torch's device ``meta``, which holds no values, up to where a value is looked at."""
        context = inputs.context
        problem = inputs.task.problem(context).to("meta")
        trainer = inputs.task.trainer(problem, context)
        weights = until_valued(lambda: method(**given).train(trainer, inputs.task.told(context, trainer)))
        where = "meta" if weights is None else weights.device.type
        assert where == "meta", f"the weights are on {where}, not where those of the start are"

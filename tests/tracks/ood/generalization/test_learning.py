"""The promises of the protocol to a method that trains for shifted data, and its demands on one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from suite.benchmarks.ood.coloured_digits import ColouredDigitsTask
from suite.benchmarks.ood.digits import RECIPE, DigitsTask
from suite.contracts import Card, Column, Context, Inconsistent, Resources, TaskContext
from suite.plugins.ood.energy import Energy
from suite.plugins.ood.group_dro import GroupDRO
from suite.plugins.ood.irm import IRM
from suite.plugins.ood.logitnorm import LogitNorm
from suite.plugins.ood.tent import Tent
from suite.tracks.ood import Learner, LearningData

TASK = ColouredDigitsTask()


class Spy(Learner):
    """Knows nothing, and remembers what it was given."""

    name, version = "spy", "1"
    card = Card(title="Spy", status="baseline")

    def train(self, data: LearningData, context: Context) -> None:
        self.data, self.drawn, self.batches = data, torch.rand(1), []
        self.network = data.build(context.seed)

    def predict(self, images: torch.Tensor) -> torch.Tensor:
        self.batches.append(images)
        return super().predict(images)


class Grouped(Spy):
    """Is given groups and environments."""

    needs = frozenset({"groups", "environments"})


def context(resources: Resources, secret: str = "") -> TaskContext:
    return TaskContext(0, resources, TASK.setting({}), secret)


def test_what_there_is_to_learn_from(resources: Resources) -> None:
    spy, grouped = Spy(), Grouped()
    outcome = TASK.evaluate(spy, context(resources))
    TASK.evaluate(grouped, context(resources))
    splits = TASK.splits(0, resources, TASK.setting({}))
    assert (spy.data.pixels.shape, spy.data.pixels.dtype) == ((500, 8, 8, 3), torch.uint8)
    assert len(spy.data.validation_pixels) == len(spy.data.validation_labels) == 60
    assert int(spy.data.groups.max()) == int(spy.data.environments.max()) == 0
    assert np.array_equal(grouped.data.groups.numpy(), splits.groups)
    assert np.array_equal(grouped.data.environments.numpy(), splits.environments)
    assert spy.drawn == grouped.drawn  # of the global generator, which is seeded
    assert outcome.facts["accuracy on training images"].endswith("% of 500")
    assert set(outcome.cost) == {"fit_seconds", "score_seconds"}


def test_the_answers_are_those_of_the_images(resources: Resources) -> None:
    """Whatever the order in which they come; clean, shifted and OOD images are mixed."""
    spy = Spy()
    samples: Any = TASK.evaluate(spy, context(resources)).samples
    splits, transform = TASK.splits(0, resources, TASK.setting({})), TASK.model(0).transform
    with torch.no_grad():
        logits = spy.network(transform.normalise(splits.shifted["random"].pixels(transform, resources)))
    rows = samples.subset == "csid/random"
    assert np.array_equal(samples.predicted[rows], logits.argmax(dim=1).numpy())
    assert samples.energy[rows] == pytest.approx(logits.double().logsumexp(dim=1).numpy(), rel=1e-5)
    assert np.array_equal(samples.label[rows], splits.test.targets(resources))
    assert np.array_equal(samples.row[rows], splits.test.rows(resources))
    assert [len(batch) for batch in spy.batches[1:]] == [1000, 1000, 263]
    first = samples.subset[TaskContext(0, resources).order("test-order").permutation(len(samples.subset))[:100]]
    assert len(set(first)) == 4


def test_wrong_answers_are_refused(resources: Resources) -> None:
    def returning(answer: Any) -> Spy:
        class Wrong(Spy):
            def predict(self, images: torch.Tensor) -> torch.Tensor:
                return answer(len(images))

        return Wrong()

    for answer, error, message in (
        (
            lambda count: torch.zeros(count, 5),
            ValueError,
            r"returned a tensor \[500, 5\] of float32; its contract wants a tensor \[500, 6\]",
        ),
        (lambda count: torch.full((count, 6), torch.nan), ValueError, "not finite"),
        (lambda count: [0.0] * count, TypeError, "returned a list of 500; its contract wants a tensor"),
    ):
        with pytest.raises(error, match=message):
            TASK.evaluate(returning(answer), context(resources))


def test_logits_that_depend_on_the_batch_are_inconsistent(resources: Resources) -> None:
    class Relative(Spy):
        def predict(self, images: torch.Tensor) -> torch.Tensor:
            logits = super().predict(images)
            return logits - logits.mean(dim=0)

    TASK.evaluate(Spy(), context(resources, secret="ab"))
    with pytest.raises(Inconsistent, match="test images have other logits in another batch"):
        TASK.evaluate(Relative(), context(resources, secret="ab"))


def test_each_half_of_the_track_declines_the_other() -> None:
    setting = TASK.setting({})
    for method in (Energy, LogitNorm):
        assert TASK.declines(method, setting) == "it ranks methods that train or adapt a network, by its accuracy"
    assert TASK.declines(Tent, setting) == "it gives no test stream"
    assert DigitsTask().declines(Spy, DigitsTask().setting({})) == "it gives no labelled images"
    assert not any(TASK.declines(method, setting) for method in (Spy, Grouped, GroupDRO, IRM))


def test_tuning_looks_at_validation_images_alone(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    task = ColouredDigitsTask()
    model = replace(task.model(0), recipe=replace(RECIPE, epochs=2))
    monkeypatch.setattr(task, "model", lambda seed: model)
    chosen = task.tune(GroupDRO, {}, {"step": [0.01, 50.0]}, context(resources))
    assert chosen.chosen == {"step": 0.01}
    assert chosen.value > chosen.trials[1].value
    assert chosen.data == task.splits(0, resources, task.setting({})).validation_digest(resources)


def test_the_primary_column_is_the_shifted_accuracy(resources: Resources) -> None:
    outcome = TASK.evaluate(Spy(), context(resources))
    assert TASK.primary == Column(metric="accuracy", subset="shifted")
    assert 0 < outcome.samples.value(TASK.primary).value < 0.5

"""The protocol's promises to a method that trains, and its demands on one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from suite.benchmarks.ood.digits import IN, DigitsTask
from suite.contracts import Card, Column, Context, Missing, Outcome, Resources, TaskContext
from suite.tracks.ood import TrainedDetector, TrainingData


class Spy(TrainedDetector):
    """Keeps the reference model; predicts the class after the likeliest, scores by the largest logit."""

    name, version = "spy", "1"
    card = Card(title="Spy", status="baseline")

    def train(self, data: TrainingData, context: Context) -> None:
        self.data, self.drawn, self.batches = data, torch.rand(1), []

    def predict(self, images: Tensor) -> tuple[Tensor, Tensor]:
        self.batches.append(images)
        logits = self.data.reference(images)
        return logits.amax(dim=1), logits.roll(1, dims=1)


class Exposed(Spy):
    """Needs outliers too."""

    needs = frozenset({"outliers"})


def evaluate(method: Any, resources: Resources) -> Outcome:
    return DigitsTask().evaluate(method, TaskContext(0, resources))


def test_what_there_is_to_train_with(resources: Resources) -> None:
    spy = Spy()
    evaluate(spy, resources)
    data = spy.data
    assert (data.pixels.shape, data.pixels.dtype) == ((500, 8, 8, 1), torch.uint8)
    assert sorted(data.labels.unique().tolist()) == list(range(len(IN)))
    assert (len(data.validation_pixels), len(data.validation_labels)) == (60, 60)
    assert data.outliers.shape == (0, 8, 8, 1)
    exposed = Exposed()
    evaluate(exposed, resources)
    assert exposed.data.outliers.shape[1:] == (8, 8, 1)
    splits = DigitsTask().splits(0, resources)
    jigsaws = sum(len(split.rows(resources)) for split in splits.outliers.values())
    assert len(exposed.data.outliers) == jigsaws > 0
    with torch.no_grad():
        hits = data.reference(data.transform.normalise(data.pixels)).argmax(dim=1) == data.labels
    assert float(hits.double().mean()) > 0.95


def test_test_images_come_mixed_and_normalised(resources: Resources) -> None:
    spy = Spy()
    outcome = evaluate(spy, resources)
    tested = spy.batches[1:]  # the first are training images, for the accuracy
    assert sum(map(len, tested)) == len(outcome.samples.score)
    assert all(len(batch) <= 1000 for batch in tested)
    order = TaskContext(0, resources).rng("test-order").permutation(len(outcome.samples.score))
    scores = outcome.samples.score[order]
    with torch.no_grad():
        expected = torch.cat([spy.data.reference(images).amax(dim=1) for images in tested])
    assert scores == pytest.approx(expected.numpy(), rel=1e-5)


def test_accuracy_and_predicted_classes_are_its_own(resources: Resources) -> None:
    outcome = evaluate(Spy(), resources)
    accuracy = outcome.samples.value(Column(metric="id_accuracy", subset="id")).value
    assert accuracy < 0.05  # the class after the right one
    assert outcome.facts["accuracy of spy's network on ID training images"].endswith("% of 500")
    assert set(outcome.cost) == {"fit_seconds", "score_seconds"}


def test_a_fresh_network_depends_on_its_seed_alone(resources: Resources) -> None:
    spy = Spy()
    evaluate(spy, resources)
    states = []
    for noise, seed in ((0, 1), (5, 1), (5, 2)):
        torch.manual_seed(noise)
        states.append(spy.data.build(seed).state_dict()["linear.weight"])
    assert torch.equal(states[0], states[1])
    assert not torch.equal(states[1], states[2])


def test_the_global_generator_is_seeded(resources: Resources) -> None:
    drawn = []
    for noise in (1, 2):
        torch.manual_seed(noise)
        spy = Spy()
        evaluate(spy, resources)
        drawn.append(float(spy.drawn))
    assert drawn[0] == drawn[1]


def test_outliers_whose_data_set_is_not_at_hand_are_missing(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = DigitsTask()
    bare = replace(task.splits(0, resources), outliers={})
    monkeypatch.setattr(DigitsTask, "splits", lambda self, seed, resources: bare)
    with pytest.raises(Missing, match=r"spy trains with auxiliary outliers\. Their data set is missing"):
        evaluate(Exposed(), resources)
    evaluate(Spy(), resources)


def test_wrong_predictions_are_refused(resources: Resources) -> None:
    def returning(scores: Any, logits: Any) -> Spy:
        class Wrong(Spy):
            def predict(self, images: Tensor) -> tuple[Tensor, Tensor]:
                return scores(len(images)), logits(len(images))

        return Wrong()

    with pytest.raises(ValueError, match=r"returned a tensor \[500\] of float32; its contract wants logits \[500, C\]"):
        evaluate(returning(torch.zeros, torch.zeros), resources)
    with pytest.raises(
        ValueError, match=r"returned a tensor \[500, 2\] of float32; its contract wants a tensor \[500\]"
    ):
        evaluate(returning(lambda count: torch.zeros(count, 2), lambda count: torch.zeros(count, 6)), resources)
    with pytest.raises(ValueError, match="numbers that are not finite"):
        evaluate(returning(lambda count: torch.full((count,), np.nan), lambda count: torch.zeros(count, 6)), resources)

"""The protocol's promises to a detector, and its demands on one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from suite.benchmarks.ood.digits import DigitsTask
from suite.contracts import Card, Context, Outcome, Resources, Score, TaskContext
from suite.contracts.samples import stored_table
from suite.data.dataset import DataSet
from suite.data.hub import Hub
from suite.data.split import Split
from suite.errors import SuiteError
from suite.run.evaluation import prepare
from suite.run.scoring import scores_of
from suite.tracks.ood import Batch, Detector, TrainingSet
from suite.tracks.ood.metrics import auroc
from suite.tracks.ood.splits import Splits


class Spy(Detector):
    """Max-logit, and a record of what it was given."""

    name, version = "spy", "1"
    card = Card(title="Spy", status="baseline")

    def fit(self, train: TrainingSet, context: Context) -> None:
        self.train, self.batches = train, []

    def score(self, batch: Batch) -> Tensor:
        self.batches.append(batch)
        return batch.logits.amax(dim=1)


class Greedy(Spy):
    """Asks for everything."""

    needs = frozenset({"images", "network"})


def evaluate(detector: Any, resources: Resources, task: DigitsTask | None = None) -> Outcome:
    return (task or DigitsTask()).evaluate(detector, TaskContext(0, resources))


def scores(outcome: Outcome, task: DigitsTask | None = None) -> dict[tuple[str, str], Score]:
    return {(score.metric, score.subset): score for score in scores_of(task or DigitsTask(), outcome.samples)}


def test_shapes_are_the_contracts(resources: Resources) -> None:
    spy = Spy()
    evaluate(spy, resources)
    train = spy.train
    assert (train.features.shape, train.logits.shape, train.labels.shape) == ((500, 128), (500, 6), (500,))
    assert (train.head.weight.shape, train.head.bias.shape) == ((6, 128), (6,))
    torch.testing.assert_close(train.features @ train.head.weight.T + train.head.bias, train.logits)
    assert train.images is None
    assert train.network is None
    assert all(batch.images is None for batch in spy.batches)
    assert sum(len(batch.features) for batch in spy.batches) == 513 + 724 + 2000


def test_images_and_network_come_when_declared(resources: Resources) -> None:
    greedy = Greedy()
    evaluate(greedy, resources)
    images, network = greedy.train.images, greedy.train.network
    assert images is not None
    assert network is not None
    assert not network.training
    with torch.no_grad():
        torch.testing.assert_close(network(images[0:20]), greedy.train.logits[:20])
        for batch in greedy.batches[:2]:
            assert batch.images is not None
            torch.testing.assert_close(network(batch.images), batch.logits, rtol=1e-4, atol=1e-4)


def test_a_batch_tells_nothing_of_its_set(resources: Resources) -> None:
    """ID and OOD are mixed: every batch holds about the share of ID that the whole has."""
    spy = Spy()
    outcome = evaluate(spy, resources)
    is_id = outcome.samples.subset == "id"
    order = TaskContext(0, resources).rng("test-order").permutation(len(is_id))
    shares = [is_id[order[start : start + 1000]].mean() for start in range(0, 3000, 1000)]
    assert shares == pytest.approx([is_id.mean()] * 3, abs=0.05)


def test_scores_can_be_recomputed_from_the_samples(resources: Resources) -> None:
    outcome = evaluate(Spy(), resources)
    samples = stored_table(outcome.samples).to_pandas()
    inside = samples.score[samples.subset == "id"]
    for score in scores(outcome).values():
        if score.metric == "auroc" and "/" in score.subset:
            outside = samples.score[samples.subset == score.subset]
            assert score.value == auroc(inside, outside)
            assert score.n == len(inside) + len(outside)
    known = samples[samples.subset == "id"]
    assert scores(outcome)["id_accuracy", "id"].value == (known.predicted == known.label).mean()
    assert (samples.label[samples.subset != "id"] == -1).all()


def test_near_and_far_are_unweighted_means(resources: Resources) -> None:
    values = scores(evaluate(Spy(), resources))
    far = [values["fpr95", name].value for name in ("far/photograph-patches", "far/uniform-noise")]
    assert values["fpr95", "far"].value == pytest.approx(np.mean(far))
    assert (values["fpr95", "far"].n, values["fpr95", "far"].partial) == (2, False)


class WithMissing(DigitsTask):
    """Digits with one far set that is not at hand."""

    far = (*DigitsTask.far, "elsewhere")

    def splits(self, seed: int, resources: Resources) -> Splits:
        found = super().splits(seed, resources)
        missing = DataSet("elsewhere", Hub("nobody/nothing", "test", "0" * 40), optional=True)
        return replace(found, far={**found.far, "elsewhere": Split(missing)})


def test_a_missing_set_makes_the_mean_partial(resources: Resources) -> None:
    outcome = evaluate(Spy(), resources, WithMissing())
    assert outcome.missing == ("far/elsewhere",)
    values = scores(outcome, WithMissing())
    assert values["auroc", "far"].partial
    assert values["auroc", "far"].n == 2
    assert not values["auroc", "near"].partial
    assert ("auroc", "far/elsewhere") not in values


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda found: {"near": {"left-out-digits": Split(found.test.data, np.arange(0))}}, "the test split of digits"),
        (lambda found: {"train": replace(found.train, labels=found.train.labels + 1)}, "has label 6 at place"),
        (
            lambda found: {"validation": Split(found.validation.data, np.arange(10))},
            "validation split of digits",
        ),
    ],
    ids=["no image", "training labels", "validation labels"],
)
def test_data_that_cannot_be_measured_are_refused_before_anything_is_trained(
    resources: Resources, change: Any, why: str
) -> None:
    class Unfit(DigitsTask):
        def splits(self, seed: int, resources: Resources) -> Splits:
            found = super().splits(seed, resources)
            return replace(found, **change(found))

    lines: list[str] = []
    with pytest.raises(SuiteError, match=why):
        prepare(Unfit(), TaskContext(7, replace(resources, log=lines.append)))
    assert not [line for line in lines if "training" in line]


def returning(result: Any) -> Detector:
    class Wrong(Spy):
        def score(self, batch: Batch) -> Tensor:
            return result(batch)

    return Wrong()


def test_wrong_scores_are_refused(resources: Resources) -> None:
    with pytest.raises(
        ValueError,
        match=r"score of spy.* returned a tensor \[1000, 6\] of float32; its contract wants a tensor \[1000\]",
    ):
        evaluate(returning(lambda batch: batch.logits), resources)
    with pytest.raises(
        ValueError, match=r"from sample 0, returned 1000 numbers that are not finite, the first is nan at 0"
    ):
        evaluate(returning(lambda batch: batch.logits[:, 0] * float("nan")), resources)
    with pytest.raises(TypeError, match=r"returned None; its contract wants a tensor \[1000\] of finite real numbers"):
        evaluate(returning(lambda batch: None), resources)
    with pytest.raises(TypeError, match=r"returned a tensor \[1000\] of complex64; its contract wants a tensor"):
        evaluate(returning(lambda batch: batch.logits[:, 0] * 1j), resources)

"""How a method of test-time adaptation is fed: order, batches, when it begins anew, and what it may return."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from suite import Card, Context
from suite.benchmarks.data_sets import DIGITS
from suite.contracts import Resources, TaskContext
from suite.data.split import Split
from suite.data.transform import Transform
from suite.lazy import torch
from suite.models.architecture import Architecture
from suite.tracks.ood import Adapter
from suite.tracks.ood.generalization.stream import Stream, adapted


class Untrained:
    """A network with fresh weights, in the place of a trained one."""

    name = "untrained"
    transform = Transform(size=8, channels=1, scale=16.0)

    def load(self, resources: Resources) -> torch.nn.Module:
        torch.manual_seed(0)
        return Architecture("small-cnn", {"classes": 10}).build().eval()


class Watching(Adapter):
    """Returns the pixels' sums as logits, and keeps what it was given."""

    name, version, card = "watching", "1", Card(title="Watching", status="baseline")

    def start(self, network: torch.nn.Module, context: Context) -> None:
        self.batches: list[torch.Tensor] = getattr(self, "batches", [])
        self.starts = getattr(self, "starts", 0) + 1
        network.requires_grad_(False).linear.weight.zero_()  # a copy: the next stream has another

    def predict(self, images: torch.Tensor) -> Any:
        self.batches.append(images)
        return images.sum(dim=(1, 2, 3))[:, None].expand(-1, 10)


TESTS = {"id": Split(DIGITS, np.arange(50)), "csid/more": Split(DIGITS, np.arange(50))}


def run(method: Adapter, stream: Stream, resources: Resources, seed: int = 0) -> Any:
    return adapted(method, Untrained(), TESTS, stream, TaskContext(seed, resources))


def test_every_image_gets_the_logits_that_were_predicted_for_it(resources: Resources) -> None:
    method = Watching()
    answers = run(method, Stream(16), resources)
    images = Untrained.transform.normalise(TESTS["id"].pixels(Untrained.transform, resources))
    for logits in answers.logits.values():
        assert np.allclose(logits[:, 0], images.sum(dim=(1, 2, 3)).numpy(), rtol=1e-5)
    assert [len(batch) for batch in method.batches] == [16, 16, 16, 2] * 2
    assert method.starts == 2
    assert set(answers.cost) == {"adapt_seconds"}


def test_sets_that_are_labelled_alike_arrive_in_one_order_which_the_seed_draws(resources: Resources) -> None:
    first, again, other = (Watching() for _ in range(3))
    for method, seed in ((first, 0), (again, 0), (other, 1)):
        run(method, Stream(25), resources, seed)
    assert torch.equal(first.batches[0], first.batches[2])
    assert torch.equal(first.batches[0], again.batches[0])
    assert not torch.equal(first.batches[0], other.batches[0])


def test_by_class_the_labels_rise_and_without_a_new_start_there_is_one(resources: Resources) -> None:
    labels = TESTS["id"].targets(resources)
    order = Stream(16, sorted=True).order(labels, TaskContext(0, resources))
    assert (np.diff(labels[order]) >= 0).all()
    assert sorted(order) == list(range(50))
    method = Watching()
    run(method, Stream(16, anew=False), resources)
    assert method.starts == 1


@pytest.mark.parametrize(
    ("returned", "error", "message"),
    [
        (
            lambda images: images[:, 0, 0, :3],
            ValueError,
            r"returned a tensor \[16, 3\] of float32; its contract wants a tensor \[16, 10\]",
        ),
        (lambda images: torch.full((len(images), 10), float("nan")), ValueError, "numbers that are not finite"),
        (lambda images: images.numpy(), TypeError, "returned an array"),
    ],
)
def test_what_is_no_logits_is_the_methods_failure(
    returned: Any, error: type[Exception], message: str, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watching, "predict", lambda self, images: returned(images))
    with pytest.raises(error, match=message):
        run(Watching(), Stream(16), resources)

"""Methods of test-time adaptation: their contract, and what each does to the network."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from suite import Context
from suite.contracts import Resources
from suite.lazy import torch
from suite.plugins.ood._normalisation import entropy
from suite.plugins.ood.bn_adapt import BNAdapt
from suite.plugins.ood.none import Nothing
from suite.plugins.ood.sar import SAR
from suite.plugins.ood.tent import Tent
from suite.testing import AdapterContract
from suite.testing.adaptation import ShiftedStream, turned_digits
from suite.tracks.ood import Adapter

from ...support.built_in import built_in, every

ADAPTERS = built_in("ood", Adapter)
FAST = {"learning_rate": 0.1}  # at the authors' rate, made for long streams, a step cannot be told from rounding
CHANGES: dict[str, dict[str, Any]] = {
    "bn-adapt": {"prior": 0.0},
    "tent": {"learning_rate": 1e-2, "steps": 2},
    "sar": {
        "learning_rate": 0.2,
        "momentum": 0.0,
        "margin": 0.1,
        "rho": 0.5,
        "reset": 5.0,
    },
}


@pytest.fixture(scope="module")
def stream(resources: Resources) -> ShiftedStream:
    """The digits of the contract tests."""
    return turned_digits(resources)


@every(ADAPTERS)
class TestAdapters(AdapterContract):
    @pytest.fixture(scope="class", name="given")
    @classmethod
    def _given(cls, method: type[Adapter]) -> Mapping[str, Any]:
        return FAST if method is SAR else {}

    @pytest.fixture(scope="class", name="changes")
    @classmethod
    def _changes(cls, method: type[Adapter]) -> Mapping[str, Any]:
        return CHANGES.get(method.name, {})


def test_the_methods_of_the_issue_are_there() -> None:
    assert {method.name for method in ADAPTERS} >= {"none", "bn-adapt", "tent", "sar"}


def moved(method: Adapter, stream: ShiftedStream) -> set[str]:
    """Return which parameters of the network are others after the stream."""
    stream.predicted(method, stream.batches)
    before = dict(stream.network.named_parameters())
    return {name for name, after in method.network.named_parameters() if not torch.equal(after, before[name])}


def test_adapting_batch_norm_helps_where_digits_turn(stream: ShiftedStream) -> None:
    """And whoever takes a batch's statistics alone answers the first batch as prediction-time batch norm does."""
    right = {}
    for method in (Nothing(), BNAdapt(), Tent(), SAR()):
        predicted = torch.cat(stream.predicted(method, stream.batches)).argmax(dim=1)
        right[method.name] = float((predicted == stream.labels).float().mean())
    print(right)
    assert min(right["bn-adapt"], right["tent"], right["sar"]) > right["none"] + 0.03


def test_bn_adapt_lies_between_the_training_statistics_and_those_of_the_batch(stream: ShiftedStream) -> None:
    first = stream.batches[:1]
    as_trained, of_batch, tent = (
        stream.predicted(method, first)[0] for method in (Nothing(), BNAdapt(prior=0.0), Tent())
    )
    torch.testing.assert_close(stream.predicted(BNAdapt(prior=1e12), first)[0], as_trained, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(tent, of_batch, rtol=1e-3, atol=1e-3)
    assert not torch.allclose(as_trained, of_batch, atol=0.1)


def test_tent_lowers_the_entropy_of_a_batch_that_comes_again(stream: ShiftedStream) -> None:
    again = stream.predicted(Tent(learning_rate=1e-2), stream.batches[:1] * 5)
    entropies = [float(entropy(logits).mean()) for logits in again]
    assert all(later < earlier for earlier, later in pairwise(entropies))
    names = moved(Tent(), stream)
    assert names
    assert all(".bn" in name or name.startswith("bn") for name in names)


def test_sar_leaves_the_last_stage_and_images_it_is_not_sure_of(stream: ShiftedStream) -> None:
    names = moved(SAR(**FAST, reset=0.0), stream)
    assert names
    assert not [name for name in names if not name.startswith(("bn1", "layer1", "layer2"))]
    assert moved(SAR(**FAST, margin=1e-6), stream) == set()


def test_sar_begins_anew_where_the_entropy_collapses(stream: ShiftedStream) -> None:
    assert moved(SAR(**FAST, reset=10.0), stream) == set()


def test_sar_without_the_way_uphill_is_descent_on_the_sure_images(stream: ShiftedStream) -> None:
    method = SAR(**FAST, rho=0.0, reset=0.0, margin=1.0, momentum=0.0)
    stream.predicted(method, stream.batches[:1])
    plain = Tent()
    plain.start(stream_copy(stream), Context(seed=0))
    loss = entropy(plain.network(stream.batches[0])).mean()
    (slope,) = torch.autograd.grad(loss, plain.network.bn1.weight)
    expected = stream.network.bn1.weight - FAST["learning_rate"] * slope
    torch.testing.assert_close(method.network.bn1.weight.detach(), expected.detach(), rtol=1e-3, atol=1e-4)


def stream_copy(stream: ShiftedStream) -> torch.nn.Module:
    """Return a network of the stream's weights."""
    return copy.deepcopy(stream.network)


def grouped() -> torch.nn.Module:
    """Return a network with group norm, which has no statistics of the training data."""
    torch.manual_seed(0)
    head = torch.nn.Linear(8, 10)
    body = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.GroupNorm(2, 8), torch.nn.ReLU())
    return torch.nn.Sequential(body, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), head).eval()


def test_without_batch_norm_sar_alone_adapts_and_the_others_say_so(stream: ShiftedStream) -> None:
    for method in (BNAdapt(), Tent()):
        with pytest.raises(ValueError, match="the network has no batch norm"):
            method.start(grouped(), Context(seed=0))
    plain = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(192, 10))
    with pytest.raises(ValueError, match="the network has no batch norm"):
        SAR().start(plain, Context(seed=0))
    sar = SAR(**FAST, margin=1.0, reset=0.0)
    network = grouped()
    before = network[0][1].weight.detach().clone()
    sar.start(network, Context(seed=0))
    sar.predict(stream.batches[0])
    assert not torch.equal(sar.network[0][1].weight, before)


def test_norm_without_scale_and_shift_cannot_be_moved() -> None:
    plain = torch.nn.Sequential(torch.nn.BatchNorm2d(3, affine=False), torch.nn.Flatten(), torch.nn.Linear(192, 10))
    with pytest.raises(ValueError, match="no scale and shift"):
        Tent().start(plain, Context(seed=0))

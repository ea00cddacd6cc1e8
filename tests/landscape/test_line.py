"""Barriers and angles are exact where they can be worked out by hand."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.optim.swa_utils import update_bn

from suite.landscape import angle, barrier, move, rescale

VECTORS = st.lists(st.floats(-10, 10, width=32), min_size=3, max_size=3).map(torch.tensor)


def at(value: float) -> dict[str, Tensor]:
    return {"weight": torch.tensor([[value]])}


def scalar() -> nn.Linear:
    return nn.Linear(1, 1, bias=False)


def curve(function: Callable[[float], float]) -> Callable[[nn.Module], float]:
    return lambda network: function(float(network.weight))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda w: (w * w - 1) ** 2, 1.0),  # a double well between its minima at -1 and 1
        (lambda w: w * w, 0.0),  # convex: never above its chord
        (lambda w: 1 - w * w + w, 1.0),  # 1 above the chord from -1 to 1, which is not level
    ],
)
def test_the_barrier_of_a_curve_is_its_highest_point_above_the_chord(function, expected):
    assert barrier(scalar(), at(-1.0), at(1.0), curve(function)) == pytest.approx(expected, abs=1e-6)


@given(st.floats(-3, 3), st.floats(-3, 3), st.integers(2, 9))
@settings(max_examples=25, deadline=None)
def test_there_is_no_barrier_to_oneself_along_a_straight_line_or_without_points_between(start, end, points):
    measure = curve(lambda w: (w * w - 1) ** 2)
    assert barrier(scalar(), at(start), at(start), measure, points=points) == pytest.approx(0, abs=1e-4)
    assert barrier(scalar(), at(start), at(end), curve(lambda w: 2 * w), points=points) == pytest.approx(0, abs=1e-5)
    assert barrier(scalar(), at(start), at(end), measure, points=2) == 0


def test_a_network_is_measured_as_it_is_prepared_and_not_moved_itself():
    network = scalar()
    before = network.weight.clone()
    projected = barrier(
        network, at(0.5), at(3.0), curve(lambda w: -w), prepare=lambda moved: rescale(moved.parameters(), 2.0)
    )
    assert projected == pytest.approx(0, abs=1e-6)  # on the sphere of one weight there are only two points
    assert torch.equal(network.weight, before)


def test_statistics_of_batch_normalisation_are_made_anew_where_asked():
    torch.manual_seed(0)
    images = torch.randn(64, 3) * 5 + 2
    network = nn.Sequential(nn.BatchNorm1d(3, affine=False)).eval()
    batches = images.split(64)
    seen = []

    def spread(moved: nn.Module) -> float:
        seen.append(float(moved(images).var(correction=1)))
        return 0.0

    state = network.state_dict()
    barrier(network, state, state, spread, points=2)
    barrier(network, state, state, spread, points=2, prepare=lambda moved: update_bn(batches, moved))
    assert seen[0] > 20  # never recomputed: the running variance is still 1
    assert seen[2] == pytest.approx(1, abs=0.02)


@given(VECTORS, VECTORS, st.floats(0.01, 100))
@settings(deadline=None)
def test_an_angle_is_that_of_the_arccosine_and_knows_no_scale(first, second, scale):
    if first.norm() < 0.1 or second.norm() < 0.1:
        return
    found = angle({"w": first}, {"w": second})
    cosine = float(first.double() @ second.double() / (first.double().norm() * second.double().norm()))
    assert found == pytest.approx(math.acos(max(-1.0, min(1.0, cosine))), abs=1e-7)
    assert angle({"w": first.double() * scale}, {"w": second}) == pytest.approx(found, abs=1e-7)
    assert angle({"w": second}, {"w": first}) == pytest.approx(found, abs=1e-12)


def test_angles_of_the_specification():
    torch.manual_seed(0)
    weights = {"a": torch.randn(4, 3), "b": torch.randn(5)}
    tripled, opposite = ({name: factor * w for name, w in weights.items()} for factor in (3, -1))
    assert angle(weights, weights) == 0
    assert angle(weights, tripled) == pytest.approx(0, abs=1e-6)  # single precision of the weights
    assert angle(weights, opposite) == pytest.approx(math.pi)
    assert angle({"a": torch.tensor([1.0, 0])}, {"a": torch.tensor([0, 2.0])}) == pytest.approx(math.pi / 2)


def test_weights_are_rescaled_jointly():
    weights = [torch.tensor([3.0]), torch.tensor([[4.0]])]
    rescale(weights, 28)
    assert [float(w) for w in weights] == pytest.approx([16.8, 22.4])


def test_counters_stay_those_of_the_start():
    network = nn.BatchNorm1d(2)
    start, end = network.state_dict(), {name: value + 2 for name, value in network.state_dict().items()}
    move(network, start, end, 0.25)
    assert network.running_mean is not None
    assert network.running_mean.tolist() == [0.5, 0.5]
    assert int(network.num_batches_tracked or 0) == 0


def test_what_cannot_be_measured_is_refused():
    zero, one = {"w": torch.zeros(2)}, {"w": torch.ones(2)}
    with pytest.raises(ValueError, match="all 0"):
        angle(zero, one)
    with pytest.raises(ValueError, match="names or shapes"):
        angle({"v": torch.ones(2)}, one)
    with pytest.raises(ValueError, match="all 0"):
        rescale([torch.zeros(2)], 1)
    with pytest.raises(ValueError, match="two points"):
        barrier(scalar(), at(0), at(1), curve(abs), points=1)
    with pytest.raises(ValueError, match="not finite"):
        barrier(scalar(), at(0), at(1), curve(lambda w: math.nan))

"""Regimes by what was found at each rate, and bands of images that sum to the image."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given

from suite.contracts import Resources
from suite.landscape import angle, barrier
from suite.testing.learning_rate import digits_case
from suite.tracks.learning_rate.images import band
from suite.tracks.learning_rate.network import ConvNet
from suite.tracks.learning_rate.problem import Problem
from suite.tracks.learning_rate.regimes import REGIMES, regimes

Levels = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=12)


def found(loss: list[float], accuracy: list[float], barriers: list[float]) -> dict[str, torch.Tensor]:
    parts = {"loss": loss, "accuracy": accuracy, "barrier": barriers}
    return {name: torch.tensor(values, dtype=torch.float64) for name, values in parts.items()}


def test_the_ends_are_where_they_are_defined_to_be() -> None:
    loss = [0.02, 0.005, 0.001, 0.3, 0.4, 0.6, 4.0, 5.0]
    accuracy = [0.7, 0.7, 0.8, 0.7, 0.6, 0.6, 0.51, 0.50]
    barriers = [0.1, 0.0, 0.0, 0.0, 0.01, 0.05, 0.0, 0.3]
    kinds = regimes(found(loss, accuracy, barriers), 0.5)
    assert kinds.tolist() == ["1", "1", "1", "2A", "2A", "2B", "3", "3"]


@given(Levels)
def test_regimes_come_in_their_order_whatever_was_found(levels: list[tuple[bool, bool, bool]]) -> None:
    converged, guessing, apart = (list(part) for part in zip(*levels, strict=True))
    loss, accuracy = [0.001 if it else 1.0 for it in converged], [0.1 if it else 0.9 for it in guessing]
    kinds = regimes(found(loss, accuracy, [float(it) for it in apart]), 0.1)
    places = [REGIMES.index(kind) for kind in kinds.tolist()]
    assert len(places) == len(levels)
    assert places == sorted(places)
    assert places.count(0) == (max((place for place, it in enumerate(converged) if it), default=-1) + 1)


def test_another_network_is_surveyed_anew(resources: Resources) -> None:
    case = digits_case(resources)
    task: Any = case.task
    surveys = {}
    for width in (2, 3, 2):
        task.network = ConvNet(channels=1, width=width, depth=3, classes=10)
        made = task.survey(case.context)
        assert torch.equal(surveys.setdefault(width, made)["loss"], made["loss"])
    assert not torch.equal(surveys[2]["loss"], surveys[3]["loss"])


def test_a_network_has_no_barrier_to_itself_and_no_angle(images: Problem) -> None:
    start = images.start
    assert barrier(lambda weights: images.errors(weights, images.test), start, start.clone(), 5).max() < 1e-12
    assert angle(start, 3 * start).max() < 1e-6
    assert torch.allclose(angle(start, -start), torch.tensor(torch.pi).double())


@given(seed=st.integers(0, 2**16))
def test_bands_sum_to_the_image(seed: int) -> None:
    images = torch.from_numpy(np.random.default_rng(seed).normal(size=(2, 3, 32, 32)))
    bands = [band(images, *ends) for ends in ((0, 0), (1, 8), (9, 24), (25, 32))]
    assert torch.allclose(sum(bands), images, atol=1e-9)
    assert torch.allclose(bands[0], images.mean((2, 3), keepdim=True).expand_as(images), atol=1e-9)
    for one in range(4):
        for other in range(one):
            assert abs(float((bands[one] * bands[other]).sum())) == pytest.approx(0, abs=1e-7)

"""Regions of the Ramachandran plane, and the Markov model of going between them."""

from __future__ import annotations

import numpy as np
import pytest

from suite.benchmarks.basins.alanine_dipeptide._regions import (
    REGIONS,
    expected_shares,
    markov_model,
    observed_shares,
    region,
)


@pytest.mark.parametrize(
    ("angles", "name"),
    [
        ((-150, 160), "C5"),
        ((170, -175), "C5"),
        ((-70, 150), "PII"),
        ((-70, -170), "PII"),
        ((-75, -20), "alpha R"),
        ((-140, 20), "alpha R"),
        ((55, 40), "alpha L"),
        ((60, -30), "alpha L"),
        ((60, 175), "PII L"),
        ((60, -150), "PII L"),
    ],
)
def test_known_conformations_lie_in_their_regions(angles: tuple[float, float], name: str) -> None:
    assert REGIONS[region(np.radians(angles))] == name


def test_the_model_of_a_chain_is_the_chain() -> None:
    chain = np.eye(5)
    chain[:2, :2] = [[0.9, 0.1], [0.3, 0.7]]
    rng = np.random.default_rng(0)
    visits = np.zeros((400, 51), dtype=np.int64)
    visits[:200, 0] = 1
    for frame in range(50):
        visits[:, frame + 1] = rng.random(400) > chain[visits[:, frame], 0]
    model = markov_model(visits)
    np.testing.assert_allclose(model, chain, atol=0.015)  # the regions that were not visited stay where they are
    shares = expected_shares(model, np.array([0, 1]), 50, 10)
    both = [visits[visits[:, 0] == start][:, 11:] for start in (0, 1)]
    np.testing.assert_allclose(shares, observed_shares(np.stack(both)), atol=0.03)


def test_burn_in_frames_do_not_count() -> None:
    swap = np.eye(5)[[1, 0, 2, 3, 4]]
    np.testing.assert_array_equal(expected_shares(swap, np.array([0]), 4, 3), np.eye(5)[[0]])
    np.testing.assert_array_equal(expected_shares(swap, np.array([0]), 4, 2), [[0.5, 0.5, 0, 0, 0]])

"""Ridge tests: the closed form, risks that are known, and held-out trajectories."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import norm
from sklearn.linear_model import Ridge
from torch import Tensor

from suite.plugins.basins.c2st_ridge import C2STRidge
from suite.plugins.basins.c2st_ridge import _ridge as ridge
from suite.plugins.basins.c2st_ridge._ridge import RidgeTests


def gaussians(shift: float, dimension: int = 5) -> Tensor:
    """Return frames [3, 40, 30, D] of three laws, the last two the same, the first moved by ``shift`` deviations."""
    frames = torch.randn(3, 40, 30, dimension, generator=torch.Generator().manual_seed(0))
    frames[0, ..., 0] += shift
    return frames


@pytest.mark.parametrize("dimension", [5, 300], ids=["moments", "conjugate-gradients"])
def test_directions_are_those_of_ridge_regression(dimension: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ridge, "TOLERANCE", 1e-6)
    frames = gaussians(0.5, dimension)[:2, :14]
    frames = frames * torch.linspace(0.5, 2, dimension)
    fold = RidgeTests(frames, ridge=0.3, folds=2)._folds[0]
    assert (fold._moments is None) == (dimension > 7 * 30)
    found = fold.directions(torch.eye(2)[:, None], 0.3)[0].numpy()
    training = fold.training.double()
    within = training - training.mean(dim=1, keepdim=True)
    points, labels = training.flatten(0, 1).numpy(), np.repeat([1.0, -1.0], training.shape[1])
    expected = Ridge(alpha=0.3 * float(within.square().sum()) / dimension).fit(points, labels).coef_
    np.testing.assert_allclose(found / np.linalg.norm(found), expected / np.linalg.norm(expected), atol=1e-4)


@pytest.mark.parametrize("shift", [1.0, 2.0, 4.0])
def test_risks_are_those_of_shifted_gaussians(shift: float) -> None:
    risks = RidgeTests(gaussians(shift), ridge=0.1, folds=4).risks([([0], [1]), ([1], [2]), ([1, 2], [0])])
    assert risks[[0, 2]] == pytest.approx(norm.cdf(-shift / 2), abs=0.02)
    assert risks[1] == pytest.approx(0.5, abs=0.03)


def test_whole_trajectories_are_held_out() -> None:
    """Each trajectory stays at a place of its own: learning the places by heart must not help."""
    places = torch.randn(2, 40, 1, 60, generator=torch.Generator().manual_seed(2))
    risk = RidgeTests(places.expand(-1, -1, 10, -1).contiguous(), ridge=0.01, folds=4).risks([([0], [1])])
    assert risk[0] == pytest.approx(0.5, abs=0.12)


@pytest.mark.parametrize("dimension", [3, 30])
def test_frames_that_never_change_are_no_trouble(dimension: int) -> None:
    still = torch.zeros(2, 4, 5, dimension)
    assert RidgeTests(still, ridge=1.0, folds=2).risks([([0], [1])]).tolist() == [0.5]


def test_the_risk_is_close_to_the_exact_one(case: Any) -> None:
    given = case("linear", system="ring-of-wells")
    answer = C2STRidge().partition(given.trajectories, given.context())
    assert answer.risk.shape == (16, 16)
    assert (answer.risk == answer.risk.T).all()
    assert np.abs(answer.risk - given.risk)[np.triu_indices(16, 1)].mean() < 0.12


def test_the_threshold_decides_how_much_is_merged(case: Any) -> None:
    given = case()
    counts = [len(set(given.found(C2STRidge(threshold=each)).tolist())) for each in (0.0, 0.25, 0.5)]
    assert counts[0] <= counts[1] <= counts[2]
    assert counts[0] < counts[2]


def test_fewer_trajectories_than_folds_are_refused(case: Any) -> None:
    for counted in (False, True):
        given = case(counted=counted)
        with pytest.raises(ValueError, match="expected at least"):
            C2STRidge().partition(given.trajectories[:, :1], given.context())

"""Kernel density: its value, its bandwidth, and the regimes against theory and against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from sklearn.neighbors import KernelDensity as Peer

from suite import Context
from suite.plugins.ood import _kernels
from suite.plugins.ood._kernels import Regimes, weigh
from suite.plugins.ood._neighbours import unit
from suite.plugins.ood.kernel_density import WIDTHS, KernelDensity
from suite.testing.ood import Features
from suite.tracks.ood.metrics import auroc

D, POINTS, QUERIES = 30, 5000, 300


def gaussian(count: int, seed: int) -> torch.Tensor:
    return torch.randn(count, D, generator=torch.Generator().manual_seed(seed))


def test_the_score_is_scikit_learns_log_density_but_for_its_constant(digits: Features) -> None:
    detector = KernelDensity()
    detector.fit(digits.train, Context(seed=0))
    peer = Peer(bandwidth=detector.width).fit(unit(digits.train.features).double().numpy())
    expected = peer.score_samples(unit(digits.inside.features).double().numpy())
    found = detector.score(digits.inside).double().numpy()
    np.testing.assert_allclose(found - found.mean(), expected - expected.mean(), atol=1e-3)


def test_the_bandwidth_is_in_the_regime_of_its_rule_and_sees_no_more_than_id_validation(digits: Features) -> None:
    lines: list[str] = []
    typical, likely = KernelDensity(), KernelDensity(rule="likelihood")
    typical.fit(digits.train, Context(seed=0, log=lines.append))
    likely.fit(digits.train, Context(seed=1))
    assert typical.regimes.normal == pytest.approx(math.sqrt(2) * typical.regimes.condensed)
    assert typical.regimes.condensed < typical.width < typical.regimes.normal
    assert "heavy-tailed; condensed below" in lines[0]
    assert likely.width < likely.regimes.condensed  # the features lie on fewer dimensions than they have coordinates
    held_out, points = unit(digits.train.validation.features), unit(digits.train.features)
    length = float(torch.cdist(held_out, points).amin(dim=1).median())
    places = np.log2(likely.width / length) * 4 + 20
    assert places == pytest.approx(round(places), abs=0.01)  # of the declared grid, and at none of its ends
    assert 0 < round(places) < len(WIDTHS) - 1


def test_a_kernel_of_the_central_limit_tells_less(digits: Features) -> None:
    areas = []
    for factor in (1.0, 4.0):
        detector = KernelDensity(factor=factor)
        detector.fit(digits.train, Context(seed=0))
        areas.append(auroc(*digits.scores(detector)))
    assert detector.regimes(detector.width) == "central limit"
    assert areas[0] > areas[1] + 0.1


def test_the_border_of_condensation_is_that_of_theory_for_a_gaussian() -> None:
    """n = e^(alpha d) points of N(0, I_d): the entropy of the random energy model vanishes at 1 / h_G^2."""
    alpha = math.log(POINTS) / D
    beta = brentq(lambda b: alpha - math.log(1 + b) / 2 + b / (2 * (1 + b) ** 2), 1e-2, 1e2)
    widths = [2 ** (step / 4) for step in range(-12, 9)]
    concentrations = weigh(gaussian(QUERIES, 1), gaussian(POINTS, 0), widths)[1].double().mean(dim=1).tolist()
    regimes = Regimes.of(widths, concentrations)
    assert regimes.condensed == pytest.approx(beta**-0.5, rel=0.18)  # d is finite: 14 % above, and less as d rises
    assert [regimes(regimes.condensed * factor) for factor in (0.9, 1.2, 1.5)] == [
        "condensed",
        "heavy-tailed",
        "central limit",
    ]


@given(st.integers(1, 40), st.floats(0.05, 5))
def test_concentration_lies_between_alike_and_one(points: int, width: float) -> None:
    logs, concentrations = weigh(gaussian(3, 2), gaussian(points, 3), [width])
    assert torch.isfinite(logs).all()
    assert (concentrations >= 1 / points - 1e-6).all()
    assert (concentrations <= 1 + 1e-6).all()


def test_parts_do_not_change_the_density(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = weigh(gaussian(50, 2), gaussian(200, 3), [0.5, 2.0])
    monkeypatch.setattr(_kernels, "PAIRS", 7 * 200)
    for one, other in zip(whole, weigh(gaussian(50, 2), gaussian(200, 3), [0.5, 2.0]), strict=True):
        torch.testing.assert_close(one, other)


def test_no_border_between_the_bandwidths_is_said() -> None:
    with pytest.raises(ValueError, match=r"0\.40 at 1 to 0\.10 at 2, does not cross a half"):
        Regimes.of([1.0, 2.0], [0.4, 0.1])

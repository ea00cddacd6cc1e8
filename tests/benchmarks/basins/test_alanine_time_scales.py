"""Relaxation times are those of a process that has one; a run sees every basin."""

from __future__ import annotations

import numpy as np
import pytest

from suite.benchmarks.basins.alanine import time_scales


def test_relaxation_is_that_of_the_slower_angle() -> None:
    rng = np.random.default_rng(0)
    kept = np.exp(-time_scales.INTERVAL / np.array([2.0, 0.5]))  # phi forgets in 2 ps, psi in 0.5
    angles = np.zeros((20, 1500, 2))
    for frame in range(1, 1500):
        angles[:, frame] = kept * angles[:, frame - 1] + 0.05 * rng.normal(size=(20, 2))
    assert time_scales._relaxation(list(angles[:, 100:])) == pytest.approx(2.0, rel=0.15)


def test_every_basin_is_watched_from_its_site_and_longer_than_it_takes_to_relax() -> None:
    pytest.importorskip("openmm", reason="pip install 'basin-suite[molecules]'")
    found = time_scales.time_scales(200.0, trajectories=2, length=8.0)
    assert [each.basin for each in found] == list(time_scales.SITES)
    for each in found:
        assert 0 < each.relaxation < 8
        assert each.escape >= each.watched / 2
        assert 0 < each.watched <= 16

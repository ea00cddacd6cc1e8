"""TICA: autocorrelations and components of a process in which they are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from suite.plugins.basins.tica_msm_pcca import tica

MEMORY = np.array([0.95, 0.8, 0.5, 0.0])


def mixed(dimension: int = 4) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return four stationary autoregressive processes [50, 200, 4] and a linear mixture of them [50, 200, D]."""
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(50, 200, 4))
    for step in range(1, 200):
        hidden[:, step] = MEMORY * hidden[:, step - 1] + np.sqrt(1 - MEMORY**2) * hidden[:, step]
    return hidden, hidden @ rng.normal(size=(4, dimension)) + 3


@pytest.mark.parametrize("lag", [1, 3])
def test_the_slowest_processes_are_found(lag: int) -> None:
    hidden, seen = mixed()
    found, correlations = tica(seen, lag, 2)
    np.testing.assert_allclose(correlations, MEMORY[:2] ** lag, atol=0.03)
    for each in range(2):
        assert abs(np.corrcoef(found[..., each].ravel(), hidden[..., each].ravel())[0, 1]) > 0.98
    np.testing.assert_allclose(found.std(axis=(0, 1)), correlations, rtol=0.02)


def test_directions_in_which_nothing_varies_do_no_harm() -> None:
    _, seen = mixed(9)
    np.testing.assert_allclose(tica(seen, 1, 3)[1], tica(mixed()[1], 1, 3)[1], atol=1e-4)


def test_there_are_no_more_components_than_dimensions() -> None:
    assert tica(mixed()[1], 1, 10)[0].shape == (50, 200, 4)


def test_it_agrees_with_deeptime() -> None:
    peer = pytest.importorskip("deeptime.decomposition", reason="install it with: pip install 'basin-suite[test]'")
    _, seen = mixed()
    model = peer.TICA(lagtime=2, dim=3, epsilon=1e-10).fit(list(seen)).fetch_model()
    expected = model.transform(seen.reshape(-1, 4)).reshape(50, 200, 3)
    found, correlations = tica(seen, 2, 3)
    np.testing.assert_allclose(correlations, model.singular_values[:3], atol=1e-6)
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-4)

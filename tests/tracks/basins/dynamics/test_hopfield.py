"""The Hopfield chain against its Boltzmann distribution by enumeration, and its basins against stored patterns."""

from __future__ import annotations

import numpy as np

from suite.tracks.basins.dynamics.hopfield import configurations, glauber, hopfield, stored_patterns, weights


def test_the_kernel_keeps_the_boltzmann_distribution_in_detailed_balance() -> None:
    couplings, temperature = weights(stored_patterns("test", 8, 2)), 0.7
    states = configurations(8)
    boltzmann = np.exp(0.5 * np.einsum("si,ij,sj->s", states, couplings, states) / temperature)
    kernel = glauber(couplings, temperature).toarray()
    assert np.allclose(kernel.sum(axis=1), 1)
    flux = boltzmann[:, None] * kernel
    assert np.allclose(flux, flux.T)


def test_an_update_turns_one_spin_with_the_probability_of_its_field() -> None:
    couplings = weights(stored_patterns("test", 6, 2))
    kernel, states = glauber(couplings, 0.5).toarray(), configurations(6)
    state = 0b010110
    for spin in range(6):
        field = couplings[spin] @ states[state]
        turned = 1 / (1 + np.exp(2 * states[state, spin] * field / 0.5)) / 6
        assert np.isclose(kernel[state, state ^ (1 << spin)], turned)
    assert (kernel[state] > 0).sum() <= 7


def test_patterns_and_their_negatives_are_the_energys_minima_among_neighbours() -> None:
    stored = stored_patterns("hopfield", 12, 4)
    couplings = weights(stored)
    for pattern in (*stored, *-stored):
        assert (pattern * (couplings @ pattern) > 0).all()


def test_sites_are_the_patterns_and_at_no_temperature_they_stay() -> None:
    chain = hopfield("test", 8, 2, temperature=0.01, sweeps=2)
    stored = stored_patterns("test", 8, 2)
    numbers = [int(site) for (site,) in chain.sites]
    assert np.array_equal(chain.codes[numbers], np.concatenate([stored, -stored]))
    laws = chain.laws(np.array(chain.sites, dtype=np.float32), 6, 0)
    assert np.allclose(laws[np.arange(4), numbers], 1)

"""Retrieval in a Hopfield network of few spins: a Glauber chain on all 2^N states, whose basins are stored patterns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from suite.tracks.basins.dynamics.chain import Chain


def hopfield(name: str, spins: int, patterns: int, *, temperature: float, sweeps: int) -> Chain:
    """Return single-spin Glauber dynamics with ``sweeps`` updates a spin between two frames.

    The weights are the projection rule's (Personnaz, Guyon and Dreyfus 1985), which stores correlated patterns too; a
    pattern's negative is stored with it. A spin, drawn at random, points along its field h with probability
    ``1 / (1 + exp(-2 h / temperature))`` (Glauber 1963).
    """
    stored = stored_patterns(name, spins, patterns)
    kernel = glauber(weights(stored), temperature)
    codes = configurations(spins).astype(float)
    powers = 2 ** np.arange(spins)
    sites = tuple((float(((state > 0) * powers).sum()),) for state in (*stored, *-stored))
    return Chain(name, kernel, codes, sites, every=sweeps * spins, scatter=spins)


def stored_patterns(name: str, spins: int, patterns: int) -> NDArray[np.int64]:
    """Return the patterns [patterns, spins] of a named network, of plus and minus ones, linearly independent."""
    rng = np.random.default_rng(list(name.encode()))
    while True:
        drawn = rng.choice([-1, 1], size=(patterns, spins))
        overlaps = np.abs(drawn @ drawn.T / spins) - np.eye(patterns)
        if overlaps.max() < 0.5:
            return drawn


def weights(stored: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the symmetric weights [N, N] that project on the patterns [P, N], without self-coupling."""
    projection = np.linalg.pinv(stored.astype(float)) @ stored
    return np.asarray(projection - np.diag(np.diag(projection)))


def configurations(spins: int) -> NDArray[np.int64]:
    """Return all states [2^N, N]; spin k of a state is plus one where bit k of its number is set."""
    return np.asarray(2 * ((np.arange(2**spins)[:, None] >> np.arange(spins)) & 1) - 1)


def glauber(weights: NDArray[np.float64], temperature: float) -> csr_array:
    """Return the transition matrix [2^N, 2^N] of one update of one random spin."""
    spins = len(weights)
    states = configurations(spins)
    flips = 1 / (1 + np.exp(2 * states * (states @ weights) / temperature)) / spins
    number = np.arange(len(states))
    targets = np.column_stack([number[:, None] ^ (1 << np.arange(spins)), number])
    values = np.column_stack([flips, 1 - flips.sum(axis=1)])
    return csr_array((values.ravel(), targets.ravel(), np.arange(0, targets.size + 1, spins + 1)))

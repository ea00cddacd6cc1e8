"""Jump processes on graphs: a generator of rates between nodes, seen at even times, through random codes or as loops.

The kernel of a frame is the matrix exponential of the generator.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm
from scipy.sparse import csr_array

from suite.tracks.basins.dynamics.chain import Chain


def communities(
    name: str, count: int, pairs: int, dimension: int, *, within: float, between: float, interval: float
) -> Chain:
    """Return jumps on a graph of ``count`` communities of twice ``pairs`` nodes; without ``between`` it is reducible.

    Of the pairs of nodes in a community a random half is linked, and all along a path; they are jumped at a rate
    ``within``, and pairs in different communities at ``between``. Codes are random points of the sphere of radius
    sqrt(dimension), each with its opposite in the same community: all means coincide, and the variance is that of
    noise.
    """
    rng = np.random.default_rng(list(name.encode()))
    community = np.repeat(np.arange(count), 2 * pairs)
    inside = community[:, None] == community
    linked = np.triu(rng.random(inside.shape) < 0.5, 1) | np.eye(len(community), k=1, dtype=bool)
    linked &= inside
    rates = within * (linked | linked.T) + between * ~inside
    points = rng.normal(size=(count, pairs, dimension))
    points *= np.sqrt(dimension) / np.linalg.norm(points, axis=2, keepdims=True)
    codes = np.concatenate([points, -points], axis=1).reshape(-1, dimension)
    sites = tuple((float(first),) for first in range(0, len(community), 2 * pairs))
    return _jumps(name, rates, codes, sites, interval)


def loops(
    name: str, planes: tuple[tuple[int, int], ...], nodes: int, *, rate: float, leak: float, interval: float
) -> Chain:
    """Return jumps one way round loops of ``nodes``, each a circle around zero in the plane of two coordinates.

    All means coincide, and the variance is that of noise. From each node a ``leak`` goes to the node of the same number
    on the next loop; without it the process is reducible.
    """
    size, dimension = len(planes) * nodes, 1 + max(map(max, planes))
    rates, codes = np.zeros((size, size)), np.zeros((size, dimension))
    for number, (first, second) in enumerate(planes):
        node = np.arange(nodes)
        here = number * nodes + node
        rates[here, number * nodes + (node + 1) % nodes] += rate
        rates[here, (here + nodes) % size] += leak
        # A little further round on each loop: no two nodes are seen as the same.
        turn = 2 * np.pi * (node + (number + 0.5) / len(planes)) / nodes
        codes[here, first], codes[here, second] = np.cos(turn), np.sin(turn)
    return _jumps(
        name, rates, np.sqrt(dimension) * codes, tuple((float(k * nodes),) for k in range(len(planes))), interval
    )


def tetrahedra(name: str, cubes: int, *, rate: float, leak: float, interval: float) -> Chain:
    """Return jumps on the corners of ``cubes`` cubes side by side: the even and the odd corners of each are a basin.

    A jump at ``rate`` turns two of a cube's three coordinates, which leaves their product as it is; one at ``leak``
    turns one. Basins agree in all means, variances and covariances: what differs is the mean of a product of three.
    """
    spins = 3 * cubes
    states = np.arange(2**spins)
    rates = np.zeros((len(states), len(states)))
    for cube in range(cubes):
        bits = [1 << (3 * cube + axis) for axis in range(3)]
        for first in range(3):
            rates[states, states ^ bits[first]] = leak
            rates[states, states ^ bits[first] ^ bits[first - 1]] = rate
    codes = (2 * ((states[:, None] >> np.arange(spins)) & 1) - 1).astype(np.float64)
    sites = tuple((float(sum(7 * 8**k for k in range(cubes) if basin >> k & 1)),) for basin in range(2**cubes))
    return _jumps(name, rates, codes, sites, interval)


def generator(rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the generator [S, S] of jump rates [S, S]: rows sum to zero."""
    off = rates - np.diag(np.diag(rates))
    return np.asarray(off - np.diag(off.sum(axis=1)))


def _jumps(
    name: str,
    rates: NDArray[np.float64],
    codes: NDArray[np.float64],
    sites: tuple[tuple[float, ...], ...],
    interval: float,
) -> Chain:
    kernel = expm(interval * generator(rates)).clip(min=0)
    kernel[kernel < 1e-15] = 0  # rounding, where nothing leads
    return Chain(name, csr_array(kernel / kernel.sum(axis=1, keepdims=True)), codes, sites, scatter=2)

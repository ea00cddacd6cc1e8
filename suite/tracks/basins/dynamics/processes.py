"""The named processes that are not overdamped, reversible Langevin dynamics; scored ones and, beside each, another.

Temperatures, rates and intervals are chosen so that few pairs of representatives are ambiguous; see `oracle`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from suite.tracks.basins.dynamics.process import Process


def _tilted_washboard() -> Process:
    from suite.tracks.basins.dynamics.underdamped import Underdamped

    sites = ((0.1, 0.0), (math.pi + 0.1, 0.0), (0.0, 3.5))
    return Underdamped("tilted-washboard", 2, 1.0, 0.7, 0.2, 0.15, sites)


def _rotor() -> Process:
    from suite.tracks.basins.dynamics.underdamped import Underdamped

    sites = ((0.0, 0.0), (2 * math.pi / 3, 0.0), (4 * math.pi / 3, 0.0))
    return Underdamped("rotor", 3, 1.0, 0.0, 0.5, 0.25, sites, blur=(0.1, 0.3))


def _stirred(system: str, strength: float, **changes: float) -> Process:
    from suite.tracks.basins.dynamics.stirred import Stirred
    from suite.tracks.basins.dynamics.systems import SYSTEMS

    return Stirred(replace(SYSTEMS[system], name=f"stirred-{system}", **changes), strength)  # type: ignore[arg-type]


def _communities(name: str, count: int, pairs: int, dimension: int, between: float) -> Process:
    from suite.tracks.basins.dynamics.graphs import communities

    return communities(name, count, pairs, dimension, within=1.0, between=between, interval=1.0)


def _loops(name: str, planes: tuple[tuple[int, int], ...], nodes: int, leak: float) -> Process:
    from suite.tracks.basins.dynamics.graphs import loops

    return loops(name, planes, nodes, rate=4.0, leak=leak, interval=1.0)


def _tetrahedra(name: str, cubes: int, leak: float) -> Process:
    from suite.tracks.basins.dynamics.graphs import tetrahedra

    return tetrahedra(name, cubes, rate=1.0, leak=leak, interval=1.0)


def _hopfield(name: str, spins: int, patterns: int, temperature: float) -> Process:
    from suite.tracks.basins.dynamics.hopfield import hopfield

    return hopfield(name, spins, patterns, temperature=temperature, sweeps=2)


_MADE: dict[str, Callable[[], Process]] = {
    "tilted-washboard": _tilted_washboard,
    "stirred-triple-well": lambda: _stirred("triple-well", 1.0, temperature=0.18, horizon=4.2),
    "communities": lambda: _communities("communities", 5, 4, 5, 1e-4),
    "reducible-loops": lambda: _loops("reducible-loops", ((0, 1), (1, 2), (2, 3), (3, 0)), 9, 0.0),
    "reducible-tetrahedra": lambda: _tetrahedra("reducible-tetrahedra", 1, 0.0),
    "hopfield": lambda: _hopfield("hopfield", 12, 4, 0.22),
    "rotor": _rotor,
    "stirred-mueller-brown": lambda: _stirred("mueller-brown", 0.5),
    "reducible-communities": lambda: _communities("reducible-communities", 4, 3, 4, 0.0),
    "leaking-loops": lambda: _loops("leaking-loops", ((0, 1), (0, 2), (1, 2)), 8, 1e-3),
    "leaking-tetrahedra": lambda: _tetrahedra("leaking-tetrahedra", 2, 5e-4),
    "small-hopfield": lambda: _hopfield("small-hopfield", 10, 3, 0.2),
}
SCORED = tuple(_MADE)[:6]
DEVELOPMENT = tuple(_MADE)[6:]


@cache
def process(name: str) -> Process:
    """Return a named process, made the first time.

    Raises:
        KeyError: there is none of that name.
    """
    return _MADE[name]()

"""The named processes that are not overdamped, reversible Langevin dynamics: scored ones, and others for development.

Temperatures, rates and intervals are chosen so that few pairs of representatives are ambiguous; see `oracle`.
"""

from __future__ import annotations

import math
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from suite.tracks.basins.dynamics.process import Process

_WELL_OR_RUNNING = ((0.1, 0.0), (math.pi + 0.1, 0.0), (0.0, 3.5))
_THIRDS = ((0.0, 0.0), (2 * math.pi / 3, 0.0), (4 * math.pi / 3, 0.0))
_CROSSED, _FACES = ((0, 1), (1, 2), (2, 3), (3, 0)), ((0, 1), (0, 2), (1, 2))
_WASHBOARD = {"wells": 2, "height": 1.0, "tilt": 0.7, "friction": 0.2, "temperature": 0.15, "sites": _WELL_OR_RUNNING}
_ROTOR = {"wells": 3, "height": 1.0, "tilt": 0.0, "friction": 0.5, "temperature": 0.25, "sites": _THIRDS}

# Module and function or class that makes it, and all that it is given besides its name.
Recipe = tuple[str, dict[str, Any]]
_SCORED: dict[str, Recipe] = {
    "tilted-washboard": ("underdamped:Underdamped", _WASHBOARD),
    "stirred-triple-well": ("stirred:stirred", {"system": "triple-well", "strength": 1.0, "temperature": 0.18}),
    "communities": (
        "graphs:communities",
        {"count": 5, "pairs": 4, "dimension": 5, "within": 1.0, "between": 1e-4, "interval": 1.0},
    ),
    "reducible-loops": ("graphs:loops", {"planes": _CROSSED, "nodes": 9, "rate": 4.0, "leak": 0.0, "interval": 1.0}),
    "reducible-tetrahedra": ("graphs:tetrahedra", {"cubes": 1, "rate": 1.0, "leak": 0.0, "interval": 1.0}),
    "hopfield": ("hopfield:hopfield", {"spins": 12, "patterns": 4, "temperature": 0.22, "sweeps": 2}),
}
_DEVELOPMENT: dict[str, Recipe] = {
    "rotor": ("underdamped:Underdamped", {**_ROTOR, "blur": (0.1, 0.3)}),
    "stirred-mueller-brown": ("stirred:stirred", {"system": "mueller-brown", "strength": 0.5, "temperature": 10.0}),
    "reducible-communities": (
        "graphs:communities",
        {"count": 4, "pairs": 3, "dimension": 4, "within": 1.0, "between": 0.0, "interval": 1.0},
    ),
    "leaking-loops": ("graphs:loops", {"planes": _FACES, "nodes": 8, "rate": 4.0, "leak": 1e-3, "interval": 1.0}),
    "leaking-tetrahedra": ("graphs:tetrahedra", {"cubes": 2, "rate": 1.0, "leak": 5e-4, "interval": 1.0}),
    "small-hopfield": ("hopfield:hopfield", {"spins": 10, "patterns": 3, "temperature": 0.2, "sweeps": 2}),
}
RECIPES = {**_SCORED, **_DEVELOPMENT}
SCORED, DEVELOPMENT = tuple(_SCORED), tuple(_DEVELOPMENT)


@cache
def process(name: str) -> Process:
    """Return a named process, made the first time.

    Raises:
        KeyError: there is none of that name.
    """
    place, given = RECIPES[name]
    module, _, maker = place.partition(":")
    made: Process = getattr(import_module(f"{__package__}.{module}"), maker)(name, **given)
    return made

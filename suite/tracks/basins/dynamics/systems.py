"""The named systems. Horizons are chosen so that few pairs of representatives are ambiguous; see `oracle`."""

from __future__ import annotations

import math

from suite.tracks.basins.dynamics import potential
from suite.tracks.basins.dynamics.system import System


def _circle(radius: float, *angles: float) -> tuple[tuple[float, float], ...]:
    return tuple((radius * math.cos(angle), radius * math.sin(angle)) for angle in angles)


def _square(bound: float) -> tuple[tuple[float, float], ...]:
    return ((-bound, bound), (-bound, bound))


_CORNERS = ((-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0))
_ACROSS = ((-1.0, 0.0), (1.0, 0.0))
_TRIANGLE = ((-1.05, -0.04), (1.05, -0.04), (0.0, 1.54))
_VALLEY = ((-0.558, 1.442), (0.623, 0.028), (-0.05, 0.467))
_LINE = ((-0.739,), (-0.224,), (0.269,), (0.673,))
_THIRDS = _circle(1.5, math.pi / 3, math.pi, 5 * math.pi / 3)
_CENTRES = _circle(0.9, 0.5, 2.594395, 4.68879)
_QUARTERS = tuple(math.pi * (2 * quarter + 1) / 4 for quarter in range(4))
_RINGS = (*_circle(1.0, *_QUARTERS), *_circle(3.0, *_QUARTERS))
_ARMS = tuple(
    site
    for turn in (0.0, math.pi)
    for radius in (1.5, 2.0, 2.5)
    for site in _circle(radius, math.pi / 2 * radius + turn)
)

# Name, potential, kT, time step, horizon, box, points of the grid along each coordinate, sites.
SYSTEMS = {
    system.name: system
    for system in (
        System("double-well", potential.DOUBLE_WELL, 0.2, 5e-3, 6.0, ((-2.0, 2.0),), 400, ((-1.0,), (1.0,))),
        System("quadruple-well", potential.QUADRUPLE_WELL, 0.2, 5e-3, 6.0, _square(2.0), 56, _CORNERS),
        System("triple-well", potential.TRIPLE_WELL, 0.22, 5e-3, 4.2, ((-2.0, 2.0), (-1.5, 2.5)), 60, _TRIANGLE),
        System("prinz", potential.PRINZ, 0.35, 2e-4, 0.0768, ((-1.2, 1.2),), 480, _LINE),
        System("ring-of-wells", potential.ring_of_wells(), 0.12, 5e-3, 6.0, _square(2.6), 72, _THIRDS),
        System("wide-double-well", potential.WIDE_DOUBLE_WELL, 0.2, 5e-3, 9.6, ((-2.0, 2.0), (-8.0, 8.0)), 60, _ACROSS),
        System("mueller-brown", potential.MUELLER_BROWN, 10.0, 5e-5, 0.12, ((-1.7, 1.3), (-0.6, 2.2)), 100, _VALLEY),
        System("concentric-rings", potential.concentric_rings(), 1.0, 4e-3, 48.0, _square(4.0), 100, _RINGS),
        System("spirals", potential.spirals(), 1.0, 2e-3, 14.4, _square(3.8), 100, _ARMS),
        System("separate-rings", potential.separate_rings(), 1.0, 1e-3, 6.0, _square(3.2), 140, _CENTRES),
    )
}
"""The systems of the suite by name."""

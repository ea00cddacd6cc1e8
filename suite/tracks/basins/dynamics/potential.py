"""Potentials of overdamped dynamics, and the named ones of the suite.

Coordinates come as d tensors of one shape, so that one function serves a grid, a batch of trajectories and a point.
The named potentials' gradients are written in `elementary` arithmetic, and are compiled from the same source.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from suite.lazy import torch
from suite.tracks.basins.dynamics.elementary import cosine_sine, exponential, root, where

if TYPE_CHECKING:
    from torch import Tensor

    Energy = Callable[..., Tensor]
    Gradient = Callable[..., tuple[Tensor, ...]]
    Exponential = Callable[[Tensor], Tensor]


class Potential:
    """An energy of d coordinates, ``energy(x, y, ...)``, and its gradient, d tensors.

    Without ``gradient`` torch's autograd computes it: any differentiable function of torch tensors will do.

    Attributes:
        exact: whether the gradient consists of plain arithmetic, functions of `elementary` and functions that do so,
            on doubles. It is then the same to the last bit on every machine, and may be compiled.
    """

    def __init__(self, energy: Energy, gradient: Gradient | None = None, *, exact: bool = False) -> None:
        self.energy, self.gradient, self.exact = energy, gradient or _autograd(energy), exact

    def __call__(self, *coordinates: Tensor) -> Tensor:
        """Return the energy at each point."""
        return self.energy(*coordinates)


def _autograd(energy: Energy) -> Gradient:
    def gradient(*coordinates: Tensor) -> tuple[Tensor, ...]:
        with torch.enable_grad():
            inputs = [each.detach().requires_grad_() for each in coordinates]
            # The sum's gradient holds each point's own: no point's energy depends on another.
            return torch.autograd.grad(energy(*inputs).sum(), inputs, materialize_grads=True)

    return gradient


def _well(x: Tensor) -> Tensor:
    return (x * x - 1).square()


def _well_slope(x: Tensor) -> Tensor:
    return (x * x - 1) * x * 4


DOUBLE_WELL = Potential(_well, lambda x: (_well_slope(x),), exact=True)
"""``(x^2 - 1)^2``."""

QUADRUPLE_WELL = Potential(lambda x, y: _well(x) + _well(y), lambda x, y: (_well_slope(x), _well_slope(y)), exact=True)
"""``(x^2 - 1)^2 + (y^2 - 1)^2``."""

WIDE_DOUBLE_WELL = Potential(lambda x, y: _well(x) + 0.05 * y * y, lambda x, y: (_well_slope(x), 0.1 * y), exact=True)
"""``(x^2 - 1)^2 + 0.05 y^2``: wide across, so that most of the variance tells nothing."""


# Energies take torch's exponential, which is faster on a grid and has a derivative.
def _triple_parts(x: Tensor, y: Tensor, exp: Exponential) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    columns, low, high, floor = -x * x, y - 1 / 3, y - 5 / 3, y * y
    return (
        3 * exp(columns - low * low),
        -3 * exp(columns - high * high),
        -5 * exp(-(x - 1) * (x - 1) - floor),
        -5 * exp(-(x + 1) * (x + 1) - floor),
    )


def _triple_well(x: Tensor, y: Tensor) -> Tensor:
    first, second, right, left = _triple_parts(x, y, torch.exp)
    return first + second + right + left + 0.2 * x.square().square() + 0.2 * (y - 1 / 3).square().square()


def _triple_slope(x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
    first, second, right, left = _triple_parts(x, y, exponential)
    low = y - 1 / 3
    along = -2 * (x * (first + second) + (x - 1) * right + (x + 1) * left) + 0.8 * x * x * x
    across = -2 * (low * first + (y - 5 / 3) * second + y * (right + left)) + 0.8 * low * low * low
    return along, across


TRIPLE_WELL = Potential(_triple_well, _triple_slope, exact=True)
"""Two deep wells and a shallow one in the plane, after Schuette."""


def _prinz_parts(x: Tensor, exp: Exponential) -> tuple[Tensor, Tensor, Tensor]:
    right, left = x - 0.5, x + 0.5
    return 0.8 * exp(-80 * x * x), 0.2 * exp(-80 * (right * right)), 0.5 * exp(-40 * (left * left))


def _prinz(x: Tensor) -> Tensor:
    middle, right, left = _prinz_parts(x, torch.exp)
    return 4 * (x.square().square().square() + middle + right + left)


def _prinz_slope(x: Tensor) -> tuple[Tensor, ...]:
    middle, right, left = _prinz_parts(x, exponential)
    bumps = 160 * x * middle + 160 * (x - 0.5) * right + 80 * (x + 0.5) * left
    return (4 * (8 * x * x * x * (x * x) * (x * x) - bumps),)


PRINZ = Potential(_prinz, _prinz_slope, exact=True)
"""Four wells on a line, after Prinz et al. 2011."""


def ring_of_wells(wells: int = 3, radius: float = 1.5) -> Potential:
    """Return ``6 (r - radius)^2 + (1 + cos(wells angle)) / 2``."""

    def energy(x: Tensor, y: Tensor) -> Tensor:
        return 6 * ((x * x + y * y).sqrt() - radius).square() + (1 + (wells * y.atan2(x)).cos()) / 2

    def gradient(x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
        squared = x * x + y * y
        length = root(squared)
        radial = 12 * (length - radius) / length
        along, across = x / length, y / length
        cosine, sine = along, across
        for _ in range(wells - 1):  # of ``wells`` times the angle
            cosine, sine = cosine * along - sine * across, sine * along + cosine * across
        angular = -(wells / 2) * sine / squared
        return radial * x - angular * y, radial * y + angular * x

    return Potential(energy, gradient, exact=True)


_MUELLER_BROWN = (
    (-200.0, -1.0, 0.0, -10.0, 1.0, 0.0),
    (-100.0, -1.0, 0.0, -10.0, 0.0, 0.5),
    (-170.0, -6.5, 11.0, -6.5, -0.5, 1.5),
    (15.0, 0.7, 0.6, 0.7, -1.0, 1.0),
)


def _mueller_brown(x: Tensor, y: Tensor) -> Tensor:
    def term(height: float, a: float, b: float, c: float, x0: float, y0: float) -> Tensor:
        return height * (a * (x - x0).square() + b * (x - x0) * (y - y0) + c * (y - y0).square()).exp()

    first, *others = (term(*each) for each in _MUELLER_BROWN)
    for other in others:
        first = first + other
    return first


def _mueller_brown_part(
    height: float, a: float, b: float, c: float, x0: float, y0: float, x: Tensor, y: Tensor
) -> tuple[Tensor, Tensor]:
    x, y = x - x0, y - y0
    part = height * exponential(a * x * x + b * x * y + c * y * y)
    return part * (2 * a * x + b * y), part * (b * x + 2 * c * y)


def _mueller_brown_slope(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    first = _mueller_brown_part(*_MUELLER_BROWN[0], x, y)
    second = _mueller_brown_part(*_MUELLER_BROWN[1], x, y)
    third = _mueller_brown_part(*_MUELLER_BROWN[2], x, y)
    fourth = _mueller_brown_part(*_MUELLER_BROWN[3], x, y)
    return first[0] + second[0] + third[0] + fourth[0], first[1] + second[1] + third[1] + fourth[1]


MUELLER_BROWN = Potential(_mueller_brown, _mueller_brown_slope, exact=True)
"""Three minima along a bent valley; Mueller and Brown 1979, in its own units of energy."""


def concentric_rings(barrier: float = 12.0) -> Potential:
    """Return ``barrier (u^2 - 1)^2`` with u = r - 2: two ring-shaped basins, r = 1 and r = 3, with one centre."""

    def energy(x: Tensor, y: Tensor) -> Tensor:
        return barrier * _well((x * x + y * y).sqrt() - 2)

    def gradient(x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
        length = root(x * x + y * y)
        radial = barrier * _well_slope(length - 2) / length
        return radial * x, radial * y

    return Potential(energy, gradient, exact=True)


def spirals(barrier: float = 8.0, twist: float = math.pi / 2, inner: float = 1.0, outer: float = 3.0) -> Potential:
    """Return two interleaved Archimedean arms: ``barrier (1 - cos(2 angle - 2 twist r)) / 2`` between soft walls.

    The arms' bottoms lie at angle = twist r and opposite. Outside the radii ``inner`` to ``outer`` a wall
    ``10 barrier (excess)^2`` holds the dynamics.
    """

    def energy(x: Tensor, y: Tensor) -> Tensor:
        length = (x * x + y * y).sqrt()
        excess = (inner - length).clamp(min=0) + (length - outer).clamp(min=0)
        return barrier * (1 - (2 * y.atan2(x) - 2 * twist * length).cos()) / 2 + 10 * barrier * excess.square()

    def gradient(x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
        squared = x * x + y * y
        length = root(squared)
        cosine, sine = cosine_sine(2 * twist * length)
        phase = barrier * (2 * x * y * cosine - (x * x - y * y) * sine) / squared
        wall = where(length > outer, length - outer, 0.0) - where(length < inner, inner - length, 0.0)
        radial, angular = (20 * barrier * wall - twist * phase) / length, phase / squared
        return radial * x - angular * y, radial * y + angular * x

    return Potential(energy, gradient, exact=True)


def _ring(a: float, b: float, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the distance to a ring of radius 0.6, negative inside, and its gradient."""
    along, across = x - a, y - b
    length = root(along * along + across * across)
    return length - 0.6, along / length, across / length


def _nearer(first: tuple[Tensor, ...], second: tuple[Tensor, ...]) -> tuple[Tensor, Tensor, Tensor]:
    nearer = first[0] * first[0] <= second[0] * second[0]
    return where(nearer, first[0], second[0]), where(nearer, first[1], second[1]), where(nearer, first[2], second[2])


def separate_rings(stiffness: float = 80.0) -> Potential:
    """Return the lowest of three rings of radius 0.6, ``stiffness (distance to the ring)^2``: a reducible process.

    The centres lie at the corners of a triangle, 2.6 apart; what lies between is never crossed.
    """
    centres = tuple((1.5 * math.cos(angle), 1.5 * math.sin(angle)) for angle in (0.5, 2.594395, 4.68879))

    def energy(x: Tensor, y: Tensor) -> Tensor:
        rings = [((x - a).square() + (y - b).square()).sqrt().sub(0.6).square() for a, b in centres]
        return stiffness * torch.stack(rings).amin(dim=0)

    def gradient(x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
        first, second, third = _ring(*centres[0], x, y), _ring(*centres[1], x, y), _ring(*centres[2], x, y)
        excess, along, across = _nearer(_nearer(first, second), third)
        return 2 * stiffness * excess * along, 2 * stiffness * excess * across

    return Potential(energy, gradient, exact=True)

"""Two networks of one architecture: the angle between their weights, and what lies on the line from one to the other.

Source: Sadrtdinov et al., "Where Do Large Learning Rates Lead Us?", NeurIPS 2024, arXiv 2410.22113, and its authors'
code; barriers as in Frankle et al., "Linear Mode Connectivity and the Lottery Ticket Hypothesis", ICML 2020.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor, nn

POINTS = 21
"""On the line between two networks, its ends among them."""


def angle(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> float:
    """Return the angle between two sets of weights of the same names and shapes, in radians, 0 to pi.

    It is ``arccos(u.v / (|u| |v|))``, computed as ``2 atan2(|u' - v'|, |u' + v'|)`` of the unit vectors u' and v',
    which also holds near 0, where the arccosine loses half of the digits (Kahan, "How Futile are Mindless Assessments
    of Roundoff", 2006). Give only the weights that count, such as the scale-invariant ones.

    Raises:
        ValueError: names or shapes differ, or all weights of a network are 0.
    """
    if {name: weight.shape for name, weight in first.items()} != {name: w.shape for name, w in second.items()}:
        raise ValueError("the two networks have weights of other names or shapes")
    units = []
    for vector in (_flat(first.values()), _flat(second[name] for name in first)):
        if not (norm := vector.norm()) > 0:
            raise ValueError("weights that are all 0, or not numbers, have no direction")
        units.append(vector / norm)
    return 2 * math.atan2(float((units[0] - units[1]).norm()), float((units[0] + units[1]).norm()))


def rescale(weights: Iterable[Tensor], norm: float) -> None:
    """Scale weights jointly, in place, so that together they have this Euclidean norm.

    Raises:
        ValueError: they are all 0, or not numbers.
    """
    with torch.no_grad():
        weights = list(weights)
        now = float(_flat(weights).norm())
        if not now > 0:
            raise ValueError("weights that are all 0, or not numbers, cannot be rescaled")
        for weight in weights:
            weight.mul_(norm / now)


def move(network: nn.Module, start: Mapping[str, Tensor], end: Mapping[str, Tensor], share: float) -> None:
    """Put a network on the line: ``(1 - share) start + share end``; counters, which are no floats, are the start's."""
    state = {
        name: torch.lerp(value, end[name].to(value), share) if value.is_floating_point() else value
        for name, value in start.items()
    }
    network.load_state_dict(state)


def barrier(
    network: nn.Module,
    start: Mapping[str, Tensor],
    end: Mapping[str, Tensor],
    measure: Callable[[nn.Module], float],
    *,
    prepare: Callable[[nn.Module], object] | None = None,
    points: int = POINTS,
) -> float:
    """Return ``max over a of m(a) - (1 - a) m(0) - a m(1)``, where m is measured at ``(1 - a) start + a end``.

    It is in the unit of the measure, 0 if nothing rises above the straight line between the ends.

    Args:
        network: of the architecture; a copy of it is moved, and left in the mode that it is in.
        start, end: state dicts.
        measure: an error or a loss, lower is better.
        prepare: called with the network at every point, its ends among them, before it is measured: there it is
            projected to a norm (`rescale`), and statistics of batch normalisation are made anew
            (``torch.optim.swa_utils.update_bn(batches, network)``).
        points: grid of a, from 0 to 1.

    Raises:
        ValueError: there are fewer than two points, or a measure is not finite.
    """
    if points < 2:
        raise ValueError(f"a line has at least two points, not {points}")
    moved, shares = copy.deepcopy(network), torch.linspace(0, 1, points, dtype=torch.float64).tolist()
    measured = []
    for share in shares:
        move(moved, start, end, share)
        if prepare is not None:
            prepare(moved)
        with torch.no_grad():
            measured.append(float(measure(moved)))
    if not all(map(math.isfinite, measured)):
        raise ValueError(f"what is measured on the line is not finite: {measured}")
    first, last = measured[0], measured[-1]
    rises = (m - (1 - share) * first - share * last for m, share in zip(measured[1:-1], shares[1:-1], strict=True))
    return max(0.0, *rises) if points > 2 else 0.0


def _flat(weights: Iterable[Tensor]) -> Tensor:
    return torch.cat([weight.detach().double().flatten() for weight in weights])

"""Two networks of one architecture: the angle between their weights, and what lies on the line from one to the other.

Source: Sadrtdinov et al., "Where Do Large Learning Rates Lead Us?", NeurIPS 2024, arXiv 2410.22113, and its authors'
code; barriers as in Frankle et al., "Linear Mode Connectivity and the Lottery Ticket Hypothesis", ICML 2020.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

POINTS = 21
"""On the line between two networks, its ends among them."""


def angle(one: Tensor, other: Tensor) -> Tensor:
    """Return the angles between weights [..., P] and others, in radians, 0 to pi, in double precision [...].

    It is ``arccos(u.v / (|u| |v|))``, computed as ``2 atan2(|u' - v'|, |u' + v'|)`` of the unit vectors u' and v',
    which also holds near 0, where the arccosine loses half of the digits (Kahan, "How Futile are Mindless Assessments
    of Roundoff", 2006). Give only the weights that count, such as the scale-invariant ones. The angle to weights that
    are all 0 is not a number.
    """
    units = [weights.double() / weights.double().norm(dim=-1, keepdim=True) for weights in (one, other)]
    return 2 * torch.atan2((units[0] - units[1]).norm(dim=-1), (units[0] + units[1]).norm(dim=-1))


def barrier(measure: Callable[[Tensor], Tensor], one: Tensor, other: Tensor, points: int = POINTS) -> Tensor:
    """Return ``max over a of m(w_a) - (1 - a) m(w_0) - a m(w_1)`` with ``w_a = (1 - a) one + a other`` [...].

    It is in the unit of the measure, in double precision: 0 if nothing rises above the straight line between the
    ends, not a number if one of the ends is none, and infinite if a point between finite ends is not finite.

    Args:
        measure: turns weights [..., P] into errors or losses [...], lower is better. Whatever else a network needs is
            done in here, at the ends too: the projection to a norm, the statistics of batch normalisation made anew.
        one, other: weights [..., P], the ends.
        points: grid of a, from 0 to 1.

    Raises:
        ValueError: there are fewer than two points.
    """
    if points < 2:
        raise ValueError(f"a line needs two points or more, not {points}")
    first, last = measure(one).double(), measure(other).double()
    highest = torch.where(first.isfinite() & last.isfinite(), torch.zeros_like(first), torch.nan)
    for share in (number / (points - 1) for number in range(1, points - 1)):
        rise = measure(torch.lerp(one, other, share)).double() - (1 - share) * first - share * last
        highest = torch.maximum(highest, torch.where(rise.isnan(), torch.inf, rise))
    return highest

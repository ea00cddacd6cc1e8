"""Bits for each tensor of least summed loss, within a budget of bits in the mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np


def cheapest(losses: Sequence[Mapping[int, float]], sizes: Sequence[int], mean: float) -> list[int]:
    """Return the number of bits of each tensor, so that the summed loss is least: an integer program, solved exactly.

    Args:
        losses: of each tensor, by the bits that it may take.
        sizes: what each tensor counts in the mean.
        mean: bits, weighted by size, that must not be exceeded.

    Raises:
        ValueError: the fewest bits of all exceed it.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    if not losses:
        return []
    owners = np.repeat(np.arange(len(losses)), [len(each) for each in losses])
    bits = np.concatenate([list(each) for each in losses])
    costs = np.concatenate([list(each.values()) for each in losses])
    one_each = csr_array((np.ones(len(owners)), (owners, np.arange(len(owners)))))
    shares = np.asarray(sizes, dtype=float)[owners] / sum(sizes)
    found = milp(
        costs / max(costs.max(), 1e-30),  # the solver's tolerances are those of numbers about one
        integrality=np.ones(len(owners), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(one_each, 1, 1), LinearConstraint(shares * bits, ub=mean * (1 + 1e-9))],
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise ValueError(f"no choice of bits has a mean of {mean:g} or fewer: {found.message}")
    return [int(each) for each in bits[found.x > 0.5]]

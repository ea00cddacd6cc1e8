"""Directions along which means differ, and means of products, if they do so more than in shuffled trajectories."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ._directions import aligned, between
from ._moments import shuffled


class Differences:
    """Directions of states [K, M, L, D] along which the means of the states differ, times each of F carriers.

    Carriers [K, M, L, F] are one, for the means themselves, and coordinates: where means tell nothing, as under random
    signs, those of products may.

    How many directions are kept is decided once, from all trajectories; the directions themselves are those of the
    trajectories that one names.
    """

    def __init__(self, states: Tensor, carriers: Tensor, most: Sequence[int]) -> None:
        """Take at most so many directions of each carrier."""
        self._states, self._carriers, self._most = states, carriers, most
        self.kept = list(most)
        """How many directions of each carrier are kept [F]."""

    def screen(self, above: float, times: int, generator: torch.Generator) -> None:
        """Keep those that are more than ``above`` as strong as the strongest of so many shuffles of trajectories."""
        together = torch.cat([self._states, self._carriers], dim=-1)
        dimension = self._states.shape[3]
        noise = [
            _strengths(_moments(mixed[..., :dimension], mixed[..., dimension:]))[:, 0]
            for mixed in (shuffled(together, generator) for _ in range(times))
        ]
        strong = _strengths(_moments(self._states, self._carriers)) > above * torch.stack(noise).amax(dim=0)[:, None]
        self.kept = [int(each[:most].sum()) for each, most in zip(strong, self._most, strict=True)]

    def directions(self, trajectories: Sequence[int], towards: Tensor | None = None) -> Tensor:
        """Return the directions [D, q] that these trajectories show, each carrier's turned ``towards`` others."""
        rows = list(trajectories)
        moments = _moments(self._states[:, rows], self._carriers[:, rows])
        found = [between(each, count) for each, count in zip(moments, self.kept, strict=True) if count]
        if not found:
            return self._states.new_zeros(self._states.shape[3], 0)
        if towards is not None:
            others = towards.split([each.shape[1] for each in found], dim=1)
            found = [aligned(each, other) for each, other in zip(found, others, strict=True)]
        return torch.cat(found, dim=1)


def _moments(states: Tensor, carriers: Tensor) -> Tensor:
    """Return each representative's mean of states times each carrier [F, K, D]."""
    flat = states.flatten(1, 2)
    return torch.einsum("knc,knd->ckd", carriers.flatten(1, 2), flat) / flat.shape[1]


def _strengths(moments: Tensor) -> Tensor:
    """Return the squared singular values of centred moments [F, K, D], largest first [F, K]."""
    centred = (moments - moments.mean(dim=1, keepdim=True)).double()
    squares: Tensor = torch.linalg.eigvalsh(centred @ centred.mT).flip(1)
    return squares

"""Frames drawn at random as candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.basins import BasinContext, Proposer

from .moment_discrimination import MomentDiscrimination

if TYPE_CHECKING:
    from torch import Tensor


class RandomCandidates(MomentDiscrimination, Proposer):
    """Proposes frames at random, as many as are allowed, and partitions them as `moment-discrimination` does."""

    name = "random-candidates"
    version = "1"
    needs = frozenset({"exploration"})
    card = Card(title="Random candidates, moments", status="baseline")

    def propose(self, exploration: Tensor, most: int, context: BasinContext) -> Sequence[tuple[int, int]]:
        """Return distinct frames."""
        trajectories, length = exploration.shape[:2]
        drawn = context.rng("candidates").permutation(trajectories * length)[:most]
        return [divmod(int(number), length) for number in drawn]

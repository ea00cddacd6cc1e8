"""A collection with a long tail: of two patterns of signs the denoiser sees a few images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from suite.lazy import torch
from suite.tracks.memorization.collection import Design

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class LongTail(Design):
    """A design with two rare patterns, which are opposite: so every sign is as frequent as without them.

    Special captions keep to the other patterns. Held-out images stay as they are.

    Attributes:
        share: of the training images of a rare pattern that the denoiser sees.
    """

    share: float = 0.05

    def rare(self, seed: int) -> tuple[int, ...]:
        """See `Design.rare`. Seeds take turns: each pair of opposite patterns is rare in one of 2^(K-1)."""
        one = seed % (self.patterns // 2)
        return (one, self.patterns - 1 - one)

    def kept(self, patterns: Tensor, seed: int) -> Tensor:
        """See `Design.kept`. At least one image of a rare pattern is kept."""
        rng, seen = np.random.default_rng([seed, *b"long tail"]), torch.ones(len(patterns), dtype=torch.bool)
        for rare in self.rare(seed):
            places = rng.permutation((patterns == rare).nonzero()[:, 0].numpy())
            seen[torch.from_numpy(places[max(1, round(self.share * len(places))) :])] = False
        return seen.nonzero()[:, 0]

"""Random scores, the control at chance."""

from __future__ import annotations

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

PRIME = 2**31 - 1


class Random(Detector):
    """A number that has nothing to do with the sample: a hash of its features' bits, keyed by the seed.

    A hash and not a draw, so that a sample's score does not depend on its place or its batch.
    """

    name = "random"
    version = "1"
    card = Card(title="Random scores (control)", status="baseline")
    standing = "reference"

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Draw the hash's multipliers [D]."""
        width = train.features.shape[1]
        drawn = torch.randint(1, 2**15, (width,), generator=context.generator("multipliers"))
        self._multipliers = drawn.to(train.features.device)

    def score(self, batch: Batch) -> torch.Tensor:
        """Return pseudo-random numbers in [0, 1) [B]."""
        bits = batch.features.contiguous().view(torch.int32).long()
        mixed = (bits % 65_521 * self._multipliers).sum(dim=1) * 48_271 % PRIME
        return (mixed * 48_271 % PRIME).double() / PRIME

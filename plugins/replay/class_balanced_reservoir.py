"""A reservoir for each class."""

from __future__ import annotations

from suite import Card

from ._quotas import Holdings, QuotaMemory, Tally


class ClassBalancedReservoir(QuotaMemory):
    """Of each class at every moment a uniform sample of what came of it; equal quotas, the remainder to the first seen.

    Algorithm R within each class (Vitter 1985). It needs no keys to stay uniform when quotas shrink: a class gives up a
    random part, and what is left of a uniform sample is one.
    """

    name = "class-balanced-reservoir"
    version = "1"
    card = Card(title="Class-balanced reservoir", status="baseline", note="Algorithm R (Vitter 1985) in each class.")

    def replaces(self, label: int, tally: Tally, holdings: Holdings) -> bool:
        """Return true with probability held / (seen + 1)."""
        return bool(holdings.rng.random() * (tally.seen[label] + 1) < tally.held[label])

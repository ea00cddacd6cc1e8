"""How a Si-Blurry stream is drawn: which samples come in which of its sessions, which no method is told of.

After Moon, Park, Kim and Kim 2023 (stochastic incremental blurry task boundary), as their public sampler with varying
shares draws: disjoint classes come in one session each, cut at random places; blurry classes have a session each too,
but some of their samples, of random numbers a session, change places with those of others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class SiBlurry:
    """The shares.

    Attributes:
        sessions: parts of the stream, of unequal length.
        disjoint: share of the classes that come in one session alone.
        blurred: share of the samples of all other classes that change places.
    """

    sessions: int = 5
    disjoint: float = 0.5
    blurred: float = 0.1

    def dealt(self, classes: int, rng: np.random.Generator) -> tuple[list[list[int]], list[list[int]]]:
        """Return the disjoint and the blurry classes of each session.

        A session may have no disjoint class; the blurry ones are dealt in shares that differ by one at most.
        """
        order = rng.permutation(classes)
        count = round(self.disjoint * classes)
        cuts = np.sort(rng.integers(0, max(count, 1), self.sessions - 1))
        own = np.split(order[:count], cuts)
        shared = np.array_split(order[count:], self.sessions)
        return [part.tolist() for part in own], [part.tolist() for part in shared]

    def drawn(self, labels: NDArray[np.int64], classes: int, rng: np.random.Generator) -> list[Rows]:
        """Return the rows of each session in the order in which they come; every label [N] is in one of them."""
        own, shared = self.dealt(classes, rng)
        blurry = [rng.permutation(np.flatnonzero(np.isin(labels, part))) for part in shared]
        total = int(self.blurred * sum(map(len, blurry)))
        cuts = np.sort(rng.integers(0, max(total, 1), self.sessions - 1))
        asked = np.diff([0, *cuts.tolist(), total])
        counts = np.minimum(asked, [len(rows) for rows in blurry])
        moved = rng.permutation(np.concatenate([rows[:n] for rows, n in zip(blurry, counts, strict=True)]))
        back = np.split(moved, np.cumsum(counts)[:-1])
        return [
            rng.permutation(np.concatenate([np.flatnonzero(np.isin(labels, alone)), rows[n:], others]).astype(np.int64))
            for alone, rows, n, others in zip(own, blurry, counts, back, strict=True)
        ]

"""What a cell leaves behind, with its pictures."""

from __future__ import annotations

import numpy as np

from suite.contracts import Picture
from suite.tracks.memorization.metrics import SWEEP
from suite.tracks.memorization.rows import SweepRows


class MitigationSamples(SweepRows):
    """The rows of a sweep and of its anchors."""

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the trade-off, |e| over steps and escapes for the sweep; samples beside originals for a point."""
        from suite.tracks.memorization import pictures

        if subset == SWEEP:
            return (pictures.trade_off(self), pictures.norms_over_steps(self), pictures.escape_by_norm(self))
        shown = [row for row in np.flatnonzero(self.subset == subset).tolist() if self.image[row] is not None]
        return (pictures.beside_originals(self, np.array(shown)),) if shown else ()

"""Control: the same rate throughout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.learning_rate import Schedule, TrainingContext

from ._shapes import flat

if TYPE_CHECKING:
    from torch import Tensor


class ConstantRate(Schedule):
    """Spends the whole budget at the rate of the grid."""

    name = "constant-rate"
    version = "1"
    standing = "reference"
    card = Card(title="Constant rate", status="baseline")

    def rates(self, grid: Tensor, context: TrainingContext) -> Tensor:
        """See `Schedule`."""
        return flat(context.updates) * grid

"""Control: the adjusted noise at its old norm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._noise_descent import ControlParameters, adjusted, norms_of, sweep, with_norms
from ._scales import constant

if TYPE_CHECKING:
    from torch import Tensor


class NormRestored(Mitigation):
    """The noise of `persample-noise`, scaled back to its old norm at the end.

    What `persample-noise` gains beyond this, it gains by longer noise and not by its direction.
    """

    name = "norm-restored"
    version = "1"
    standing = "reference"
    card = Card(title="Adjusted noise at its old norm", status="baseline")
    Parameters = ControlParameters
    parameters: ControlParameters

    @property
    def strengths(self) -> dict[str, float]:
        """Targets for |e| before the norm is restored."""
        return sweep(self.parameters)

    def plan(self, strength: float, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""
        found = adjusted(noise, conditions, strength, self.parameters, context, on_shell=False)
        restored = with_norms(found.moved, norms_of(noise))
        return Plan(restored, conditions, constant(context.scale, len(noise), context))

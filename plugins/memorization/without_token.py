"""Control: captions without the tokens that no other caption has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.lazy import torch
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._scales import constant

if TYPE_CHECKING:
    from torch import Tensor


class WithoutToken(Mitigation):
    """Leaves out of each caption the tokens that are in no other one.

    Where one token names what was copied, that is all that is needed: a bound for methods that keep to what was asked,
    and no competitor to them, since it asks for something else.
    """

    name = "without-token"
    version = "1"
    standing = "reference"
    card = Card(title="Caption without its own token", status="baseline")

    @property
    def strengths(self) -> dict[str, None]:
        """One point: a token is there or not."""
        return {"left out": None}

    def plan(self, strength: None, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""
        told = context.vocabulary.embedded(shared(context.captions)).to(conditions)
        return Plan(noise, told, constant(context.scale, len(noise), context))


def shared(captions: Tensor) -> Tensor:
    """Return captions [N, L] with -1 for each token that only one of the different captions has."""
    each = torch.cat([caption.unique() for caption in captions.unique(dim=0)])
    tokens, counts = each.unique(return_counts=True)
    return torch.where(torch.isin(captions, tokens[counts == 1]), -1, captions)

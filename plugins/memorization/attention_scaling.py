"""Cross-attention logit scaling: more attention to the token that begins every prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.memorization import Attention, Mitigation, MitigationContext, Plan

from ._scales import constant

if TYPE_CHECKING:
    from torch import Tensor


class AttentionScaling(Mitigation):
    """Multiplies the logits of the first token by C in every cross-attention of the conditional prediction, and hides
    the padding from both predictions.

    Attention that a memorized prompt gathers on some token, mostly the end and the padding, goes to the first, which
    says the same of every prompt. Source: Ren et al. 2024, their released code, with the sweep of Han et al. 2025,
    section 1.5 of our notes. A logit below 0 is lowered by it, as in their code.
    """

    name = "attention-scaling"
    version = "1"
    needs = frozenset({"initial noise", "attention"})
    card = Card(
        title="Cross-attention logit scaling",
        status="authors' code",
        paper="Unveiling and Mitigating Memorization in Text-to-image Diffusion Models through Cross Attention",
        authors="Ren, Li, Zeng, Xu, Lyu, Xing, Tang",
        year=2024,
        url="https://arxiv.org/abs/2403.11052",
        note="At inference. The released command also hides padding; the paper's text and Han et al. may differ there: "
        "set `hide_padding` to false for the scaling alone.",
    )

    class Parameters(Mitigation.Parameters):
        """The sweep of Han et al."""

        factors: tuple[float, ...] = Field((1.15, 1.2, 1.25, 1.3, 1.35), description="C")
        hide_padding: bool = Field(True, description="whether what is behind the end of a prompt is not attended to")

    parameters: Parameters

    @property
    def strengths(self) -> dict[str, float]:
        """Factors of the first token's logits."""
        return {f"C {factor:g}": factor for factor in self.parameters.factors}

    def plan(self, strength: float, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""
        shape = conditions.shape[:2]
        factors = torch.ones(shape, device=noise.device)
        factors[:, 0] = strength
        shown = torch.ones(shape, dtype=torch.bool, device=noise.device)
        if self.parameters.hide_padding:  # begin, the prompt's own tokens, end; the rest is padding
            lengths = (context.captions >= 0).sum(dim=1, keepdim=True) + 2
            shown = torch.arange(shape[1], device=noise.device) < lengths
        attention = Attention(factors, shown)
        return Plan(noise, conditions, constant(context.scale, len(noise), context), attention)

"""Random tokens added to the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._scales import constant

if TYPE_CHECKING:
    from torch import Tensor


class RandomTokens(Mitigation):
    """Adds tokens drawn from the vocabulary to each caption.

    Source: Somepalli et al. 2023, with the numbers of tokens of Han et al. 2025, section 1.5 of our notes.
    """

    name = "random-tokens"
    version = "1"
    card = Card(
        title="Random tokens in the prompt",
        status="paper",
        paper="Understanding and Mitigating Copying in Diffusion Models",
        authors="Somepalli, Singla, Goldblum, Geiping, Goldstein",
        year=2023,
        url="https://arxiv.org/abs/2305.20086",
        note="Tokens are drawn from all of the vocabulary, which in our tasks is small: other special captions' too.",
    )

    class Parameters(Mitigation.Parameters):
        """The sweep of Han et al."""

        added: tuple[int, ...] = Field((1, 2, 4, 6, 8), description="tokens added")

    parameters: Parameters

    @property
    def strengths(self) -> dict[str, int]:
        """Numbers of tokens."""
        return {f"{count} token{'s'[: count > 1]}": count for count in self.parameters.added}

    def plan(self, strength: int, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""
        shape = (len(noise), max(self.parameters.added))
        drawn = torch.randint(context.vocabulary.tokens, shape, generator=context.generator("tokens"))
        captions = torch.cat([context.captions, drawn[:, :strength].to(context.captions)], dim=1)
        told = context.vocabulary.embedded(captions).to(conditions)
        return Plan(noise, told, constant(context.scale, len(noise), context))

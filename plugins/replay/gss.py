"""Gradient-based sample selection, greedy."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Parameters
from suite.lazy import torch
from suite.tracks.replay import Buffer, Exemplars, MemoryUpdate, Places, ReplayContext

from ._ranking import drawn

FIRST_SCORE = 0.1
"""Of samples that come to an empty buffer, as in the authors' code."""
SOFTENING = 0.01
"""Added to the range by which scores are divided, likewise."""


class GSS(MemoryUpdate):
    """Lets samples in whose gradients differ from those of the buffer, for others whose do not.

    Source: Aljundi et al. 2019, algorithm 2, as Avalanche has it after the authors' code. A sample's score is the
    largest cosine of its gradient with those of some random batches of the buffer. With the buffer full, and only if
    the batch's own gradient has none above 0, as many slots as the batch has samples are drawn with probability
    proportional to their scores less the smallest, and each goes to a sample with probability ``s_old / (s_old +
    s_new)``, ``s = (score + 1) / 2``. Of a batch that fills the buffer the rest is not kept.
    """

    name = "gss"
    version = "1"
    needs = frozenset({"gradients"})
    columns = {"score": FIRST_SCORE}
    card = Card(
        title="Gradient-based sample selection, greedy",
        status="paper",
        paper="Gradient based sample selection for online continual learning",
        authors="Rahaf Aljundi, Min Lin, Baptiste Goujaud, Yoshua Bengio",
        year=2019,
        url="https://arxiv.org/abs/1903.08671",
        note="GSS-Greedy with the rule of Avalanche's port.",
    )

    class Parameters(MemoryUpdate.Parameters):
        """As the online protocol's batches."""

        batches: int = Field(10, ge=1, description="how many random batches of the buffer are compared with")
        size: int = Field(10, ge=1, description="samples in each of these")

    parameters: Parameters

    def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Places:
        """Return the slot of each sample [B], or -1."""
        slots = torch.full((len(batch),), -1)
        free = min(buffer.capacity - len(buffer), len(batch))
        if free:
            slots[:free] = torch.arange(len(buffer), len(buffer) + free)
            buffer.columns["score"][slots[:free]] = (
                self._similarity(batch[:free], self._directions(buffer, context), context)
                if len(buffer)
                else FIRST_SCORE
            )
            return slots
        directions = self._directions(buffer, context)
        if cosines(context.learner.mean_gradient(batch)[None], directions).max() >= 0:
            return slots
        return self._exchanged(batch, buffer, directions, context)

    def _exchanged(self, batch: Exemplars, buffer: Buffer, directions: torch.Tensor, context: ReplayContext) -> Places:
        """Return the slot of each sample of a batch that is let in [B], or -1."""
        score, rng = buffer.columns["score"], context.rng("exchange")
        weights = (score - score.min()) / (score.max() - score.min() + SOFTENING)
        offered = drawn(weights, rng)[: len(batch)]
        some = batch[: len(offered)]
        new = self._similarity(some, directions, context)
        old_share, new_share = (score[offered] + 1) / 2, (new + 1) / 2
        wins = torch.from_numpy(rng.random(len(some))) * (old_share + new_share) < old_share
        score[offered[wins]] = new[wins]
        slots = torch.full((len(batch),), -1)
        slots[: len(some)] = torch.where(wins, offered, -1)
        return slots

    def _directions(self, buffer: Buffer, context: ReplayContext) -> torch.Tensor:
        """Return the gradients of some random batches of the buffer [batches, P]; of all of it if it has but one."""
        size = min(self.parameters.size, len(buffer))
        number = min(self.parameters.batches, len(buffer) // size)
        slots = torch.from_numpy(context.rng("batches of the buffer").choice(len(buffer), number * size, replace=False))
        return torch.stack([context.learner.mean_gradient(buffer.samples(some)) for some in slots.split(size)])

    def _similarity(self, samples: Exemplars, directions: torch.Tensor, context: ReplayContext) -> torch.Tensor:
        return cosines(context.learner.gradients(samples), directions).amax(dim=1).double().cpu()


def cosines(gradients: torch.Tensor, directions: torch.Tensor) -> torch.Tensor:
    """Return the cosine of each gradient [B, P] with each direction [K, P] as [B, K]; 0 if one is zero."""
    normalize = torch.nn.functional.normalize
    return (normalize(gradients) @ normalize(directions).T).clamp(-1, 1)

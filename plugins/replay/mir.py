"""Maximally interfered retrieval."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Parameters
from suite.lazy import torch
from suite.tracks.replay import Buffer, Exemplars, MemoryRetrieval, Places, ReplayContext

from ._ranking import ranked


class MIR(MemoryRetrieval):
    """Of some samples of the buffer, those whose losses a step on the batch that came in would raise most.

    Source: Aljundi et al. 2019, section 3.1, on losses alone. Avalanche's port leaves out samples of the batch's
    classes; the paper does not, and neither do we.
    """

    name = "mir"
    version = "1"
    needs = frozenset({"losses"})
    card = Card(
        title="Maximally interfered retrieval",
        status="paper",
        paper="Online Continual Learning with Maximally Interfered Retrieval",
        authors="Rahaf Aljundi, Lucas Caccia, Eugene Belilovsky, Massimo Caccia, Min Lin, Laurent Charlin, "
        "Tinne Tuytelaars",
        year=2019,
        url="https://arxiv.org/abs/1908.04742",
    )

    class Parameters(MemoryRetrieval.Parameters):
        """The authors' number."""

        subsample: int = Field(50, ge=1, description="of how many random samples of the buffer, or all that are asked")

    parameters: Parameters

    def retrieve(self, batch: Exemplars, buffer: Buffer, count: int, context: ReplayContext) -> Places:
        """Return ``count`` slots, the most interfered first."""
        rng = context.rng("interference")
        drawn = min(max(self.parameters.subsample, count), len(buffer))
        slots = torch.from_numpy(rng.choice(len(buffer), drawn, replace=False))
        if drawn <= count:
            return slots
        samples = buffer.samples(slots)
        rise = context.learner.losses_after_step(batch, samples) - context.learner.losses(samples)
        return slots[ranked(rise, rng)[:count]]

"""Rainbow memory."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Parameters
from suite.lazy import torch
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector

from ._ranking import ranked
from ._round_robin import in_turns, shares


class Rainbow(ReplaySelector):
    """Per class samples evenly spaced in how much their prediction varies under augmentation, classes in turn.

    Source: Bang et al. 2021, equations 1 to 4 and algorithm 1: ``u = 1 - max_c S_c / T`` with S_c the number of T
    augmentations that are predicted as c, every |D_c| / k_c-th of a class by falling u. Augmentations are those that
    the network is trained with, not the authors' longer list. The evenly spaced ones come in bit-reversed order, so
    that the first of them are evenly spaced too.
    """

    name = "rainbow"
    version = "1"
    needs = frozenset({"logits"})
    card = Card(
        title="Rainbow memory",
        status="paper",
        paper="Rainbow Memory: Continual Learning with a Memory of Diverse Samples",
        authors="Jihwan Bang, Heesu Kim, YoungJoon Yoo, Jung-Woo Ha, Jonghyun Choi",
        year=2021,
        url="https://arxiv.org/abs/2103.17230",
        note="The selection alone, with the learner's augmentations.",
    )

    class Parameters(ReplaySelector.Parameters):
        """The authors' number of augmentations."""

        times: int = Field(12, ge=1, description="how many augmentations of each sample vote")

    parameters: Parameters

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places, classes in turn."""
        logits = context.learner.augmented_logits(candidates, self.parameters.times, context.generator("augmentation"))
        order, chosen = ranked(uncertainty(logits), context.rng("ties")), []
        for label, share in shares(candidates.labels, capacity).items():
            own = order[candidates.labels[order] == label]
            chosen.append(own[torch.tensor(spread(share)) * len(own) // share])
        return in_turns(torch.cat(chosen), candidates.labels)[:capacity]


def uncertainty(logits: torch.Tensor) -> torch.Tensor:
    """Return the share of votes [N] that are not for the most frequent class, given logits [T, N, C]."""
    votes = torch.nn.functional.one_hot(logits.argmax(dim=2), logits.shape[2]).sum(dim=0)
    return 1 - votes.amax(dim=1).double() / len(logits)


def spread(count: int) -> list[int]:
    """Return 0 .. count - 1 in bit-reversed order, of which every beginning is spread over the whole."""
    bits = (count - 1).bit_length()
    return sorted(range(count), key=lambda number: f"{number:0{bits}b}"[::-1])

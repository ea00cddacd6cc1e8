"""Adversarial Shapley value experience replay."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from suite import Card, Parameters
from suite.lazy import torch
from suite.tracks.replay import Buffer, Exemplars, MemoryRetrieval, MemoryUpdate, Places, ReplayContext, joined

from .._ranking import ranked
from .._round_robin import turns
from ._shapley import knn_shapley


class ASER(MemoryUpdate, MemoryRetrieval):
    """Keeps the samples that help nearest neighbours to classify the buffer, and replays those that mislead the batch.

    Source: Shim et al. 2021 and the authors' PyTorch code, ``asvm``: what is replayed has the largest difference of its
    mean value for other samples of the buffer and its mean value for the batch. Until the buffer is full everything is
    kept and the draw is uniform.

    Ours: how many candidates there are does not depend on the number of classes, and of no class are more compared than
    half its share of the buffer, so that some are left to evaluate on.
    """

    name = "aser"
    version = "1"
    needs = frozenset({"features"})
    card = Card(
        title="Adversarial Shapley value experience replay",
        status="authors' code",
        paper="Online Class-Incremental Continual Learning with Adversarial Shapley Value",
        authors="Dongsub Shim, Zheda Mai, Jihwan Jeong, Scott Sanner, Hyunwoo Kim, Jongseong Jang",
        year=2021,
        url="https://arxiv.org/abs/2009.00093",
        note="Mean variant (asvm), after the PyTorch code.",
    )

    class Parameters(MemoryUpdate.Parameters):
        """The authors' for CIFAR-100: 3 neighbours, and 1.5 samples of each of 100 classes."""

        neighbours: int = Field(3, ge=1, description="how many neighbours classify")
        candidates: int = Field(150, ge=2, description="how many samples of the buffer are compared, of all classes")

    parameters: Parameters

    def retrieve(self, batch: Exemplars, buffer: Buffer, count: int, context: ReplayContext) -> Places:
        """Return ``count`` slots, the most misleading first."""
        rng = context.rng("retrieval")
        order = torch.from_numpy(rng.permutation(len(buffer)))
        if len(buffer) < buffer.capacity:
            return order[:count]
        slots, rest = self._balanced(order, buffer, context)
        others, _ = self._balanced(rest, buffer, context)
        known = joined([buffer.samples(torch.cat([slots, others])), batch])
        parts = torch.arange(len(known)).split([len(slots), len(others), len(batch)])
        features = context.learner.features(known)
        cooperative, adversarial = (self._values(known.labels, features, judges, parts[0]) for judges in parts[1:])
        value = -adversarial.mean(dim=0)
        if len(others):
            value += cooperative.mean(dim=0)
        return slots[ranked(value, rng)[:count]]

    def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Places:
        """Return the slot of each sample [B], or -1."""
        slots = torch.full((len(batch),), -1)
        free = min(buffer.capacity - len(buffer), len(batch))
        slots[:free] = torch.arange(len(buffer), len(buffer) + free)
        if len(buffer) and free < len(batch):
            slots[free:] = self._exchanged(batch[free:], buffer, context)
        return slots

    def _exchanged(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> torch.Tensor:
        """Return the slot of each sample that is worth more than some of the buffer [B], or -1."""
        rng = context.rng("update")
        order = torch.from_numpy(rng.permutation(len(buffer)))
        judges, rest = self._balanced(order, buffer, context)
        slots = rest[: self.parameters.candidates]
        known = joined([buffer.samples(torch.cat([slots, judges])), batch])
        old, judging, new = torch.arange(len(known)).split([len(slots), len(judges), len(batch)])
        judging = torch.cat([judging, new[self._scarce(batch, buffer, context, rng)]])
        features = context.learner.features(known)
        value = self._values(known.labels, features, judging, torch.cat([old, new])).sum(dim=0)
        best, worst = ranked(value, rng).split([len(slots), len(batch)])
        exchanged = torch.full((len(batch),), -1)
        exchanged[best[best >= len(slots)] - len(slots)] = slots[worst[worst < len(slots)]]
        return exchanged

    def _balanced(self, order: Places, buffer: Buffer, context: ReplayContext) -> tuple[Places, Places]:
        """Return the first few slots of each class, and the others."""
        share = len(buffer) // (2 * len(buffer.labels.unique()))
        few = max(1, min(self.parameters.candidates // context.classes, share))
        first = turns(buffer.labels[order]) < few
        return order[first], order[~first]

    def _scarce(
        self, batch: Exemplars, buffer: Buffer, context: ReplayContext, rng: np.random.Generator
    ) -> torch.Tensor:
        """Return which of a batch evaluate too [B]: those of classes rarer in the buffer than a random share."""
        held = buffer.labels.bincount(minlength=context.classes)[batch.labels] / buffer.capacity
        return held < rng.uniform(0, 1 / context.classes)

    def _values(self, labels: torch.Tensor, features: torch.Tensor, judges: Places, candidates: Places) -> torch.Tensor:
        """Return the Shapley value of each candidate for each judge [J, N], both given as places."""
        features = features.double().cpu()
        exact = "donot_use_mm_for_euclid_dist"  # so that duplicates are equally far
        distances = torch.cdist(features[judges], features[candidates], compute_mode=exact)
        return knn_shapley(distances, labels[candidates], labels[judges], self.parameters.neighbours)

"""Marginal trajectory discrimination, pairwise."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.basins import BasinContext, BasinDetector, Partition, Trajectories

from ._cross_validation import Fold, Selection, directed_folds, raw_folds
from ._perceptrons import Perceptrons, Training

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

Pair = tuple[list[int], list[int]]
_AT_ONCE = 2**19  # numbers of training input side by side: larger batches leave the processor's cache

CARD = Card(
    title="Trajectory discrimination",
    status="reconstruction",
    paper="Detecting Metastable Basins in High Dimensions via Marginal Trajectory Distribution Discrimination",
    authors="Taj Jones-McCormick",
    year=2026,
    url="https://arxiv.org/abs/2605.24136",
    note="Reconstruction: the authors' formula was not available. Pairwise trajectory-discrimination merging after "
    "Jones-McCormick.",
)


class TrajectoryDiscrimination(BasinDetector):
    """Merges groups of representatives for as long as a network cannot tell their trajectories' states apart.

    One network for each pair of groups learns which of the two a state comes from; the pair's risk is its error on the
    states of trajectories that are held out, each once. Mutually hardest pairs with a risk above the threshold are
    merged, and the pairs with a merged group are learned anew, until no risk is above. With a known number of basins
    the hardest pair is merged until so many groups are left.

    Reconstruction: the authors' formula was not available. Pairwise trajectory-discrimination merging after
    Jones-McCormick. The algorithm is our own derivation from the abstract.
    """

    name = "trajectory-discrimination"
    version = "1"
    uses = frozenset({"count"})
    formerly = {"trajectory-discrimination-known": {"basins": "counted"}}
    card = CARD

    class Parameters(Selection, Training):
        """A risk of 1/4 lies between those of one basin, close to 1/2, and of two, close to 0."""

        threshold: float = Field(0.25, gt=0, lt=0.5, description="risk above which two groups are merged")
        inputs: Literal["directions", "raw"] = Field("directions", description="few directions, or every dimension")
        folds: int = Field(3, ge=2, description="parts of the trajectories; each is held out once")
        hidden: int = Field(24, ge=1, description="width of the two hidden layers")
        epochs: int = Field(12, ge=1, description="passes over the training states")
        batch_size: int = Field(180, ge=1, description="states per step")
        learning_rate: float = Field(3e-2, gt=0, description="largest rate of the cycle")

    parameters: Parameters

    def partition(self, trajectories: Trajectories, context: BasinContext) -> Partition:
        """Return the groups, and the risk of each pair of representatives before any merging.

        Raises:
            ValueError: there are fewer trajectories than folds.
        """
        parameters, states = self.parameters, trajectories[:, :, context.burn_in :]
        raw = parameters.inputs == "raw"
        folds = raw_folds(states, parameters.folds) if raw else directed_folds(states, parameters.folds, parameters)
        classifiers = _Classifiers(folds, parameters, context.generator("networks"))
        groups = [[representative] for representative in range(len(states))]
        pairs = list(itertools.combinations(range(len(groups)), 2))
        risk = first = np.full((len(groups), len(groups)), 0.5)
        while pairs:
            errors = classifiers.risks([(groups[one], groups[other]) for one, other in pairs])
            for (one, other), error in zip(pairs, errors, strict=True):
                risk[one, other] = risk[other, one] = error
            groups, risk, pairs = _merge(groups, risk, self._hardest(risk, context.count))
        labels = np.empty(len(states), dtype=np.int64)
        for number, group in enumerate(groups):
            labels[group] = number
        return Partition(labels, first)

    def _hardest(self, risk: NDArray[np.float64], count: int | None) -> list[tuple[int, int]]:
        """Return disjoint pairs of groups to merge now, none if there are no more groups than asked for."""
        apart = np.where(np.eye(len(risk), dtype=bool), -1.0, risk)
        if len(risk) <= (count or 1):
            return []
        if count is not None:
            one, other = sorted(divmod(int(apart.argmax()), len(risk)))
            return [(one, other)]
        nearest = apart.argmax(axis=1)
        return [
            (one, int(other))
            for one, other in enumerate(nearest)
            if one < other and nearest[other] == one and apart[one, other] > self.parameters.threshold
        ]


@dataclass(frozen=True)
class _Classifiers:
    """Networks that learn which of two groups of representatives a state comes from, one for each pair and fold."""

    folds: Sequence[Fold]
    training: Training
    generator: torch.Generator

    def risks(self, pairs: Sequence[Pair]) -> list[float]:
        """Return the balanced held-out error of each pair of groups, in the mean over folds."""
        at_once = max(1, _AT_ONCE // (len(self.folds) * 2 * self.folds[0].training[0].numel()))
        batches = [pairs[first : first + at_once] for first in range(0, len(pairs), at_once)]
        return [risk for batch in batches for risk in self._risks(batch)]

    def _risks(self, pairs: Sequence[Pair]) -> Sequence[float]:
        _, kept, length, inputs = self.folds[0].training.shape

        def drawn(fold: Fold, group: list[int]) -> Tensor:
            # As many training trajectories from each side, however many representatives it has.
            every = fold.training[group].flatten(0, 1)
            return every[torch.randperm(len(every), generator=self.generator)[:kept].to(every.device)]

        tests = [(fold, pair) for fold in self.folds for pair in pairs]
        training = torch.stack([torch.stack([drawn(fold, side) for side in pair]) for fold, pair in tests]).flatten(
            1, 3
        )
        mean, scale = training.mean(dim=1, keepdim=True), training.std(dim=1, keepdim=True).clamp(min=1e-12)
        labels = torch.arange(2, device=training.device).repeat_interleave(kept * length)
        networks = Perceptrons(len(tests), inputs, 2, self.training, self.generator, training.device)
        networks.fit((training - mean) / scale, labels)
        errors = torch.empty(len(tests), 2)
        for number, (fold, pair) in enumerate(tests):
            for side, group in enumerate(pair):
                states = (fold.held_out[group].flatten(0, 2) - mean[number]) / scale[number]
                logits = networks.only(number)(states[None])[0]
                wrong = logits[:, 1 - side] - logits[:, side]
                errors[number, side] = ((wrong > 0).double() + (wrong >= 0).double()).mean() / 2
        return list(errors.view(len(self.folds), -1, 2).mean(dim=(0, 2)).tolist())


def _merge(
    groups: Sequence[list[int]], risk: NDArray[np.float64], pairs: Sequence[tuple[int, int]]
) -> tuple[list[list[int]], NDArray[np.float64], list[tuple[int, int]]]:
    """Return the groups after merging, their risks as far as they stay, and the pairs whose risk is to be learned."""
    joined = {other: one for one, other in pairs}
    left = [number for number in range(len(groups)) if number not in joined]
    other_of = dict(pairs)
    merged = [groups[number] + (groups[other_of[number]] if number in other_of else []) for number in left]
    changed = {place for place, number in enumerate(left) if number in other_of}
    fresh = [pair for pair in itertools.combinations(range(len(left)), 2) if changed & set(pair)]
    return merged, risk[np.ix_(left, left)], fresh

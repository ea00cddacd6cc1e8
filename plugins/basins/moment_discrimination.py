"""Trajectory discrimination along directions of differing moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite.lazy import torch
from suite.tracks.basins import BasinContext, BasinDetector, Partition, Trajectories

from ._cluster_count import Rule, cut
from ._cross_validation import Fold, Selection, directed_folds
from ._perceptrons import Perceptrons, Training
from .kway_discrimination import pairwise_risk
from .trajectory_discrimination import CARD

if TYPE_CHECKING:
    from torch import Tensor


class MomentDiscrimination(BasinDetector):
    """The K-way discrimination, with directions along which second and third moments differ, and fewer others.

    `kway-discrimination` looks along directions of variance, memory, differing means, and products with directions of
    variance. Where basins agree in their means, forget within a frame and vary as noise does, none of these shows them.
    Here directions of differing moments of any order are found by pairs of trajectories, and kept if they are stronger
    than those of shuffled trajectories. Every direction that tells nothing is a burden to the network: there are fewer
    of the other kinds.

    Reconstruction: the authors' formula was not available; the K-way form and the directions are our own.
    """

    name = "moment-discrimination"
    version = "1"
    uses = frozenset({"count"})
    card = CARD.model_copy(update={"title": "Trajectory discrimination, K-way, by moments"})

    class Parameters(Selection, Training):
        """Numbers of directions were chosen on the development systems; rule and threshold are the K-way form's."""

        variance: int = Field(2, ge=0, description="directions of largest variance")
        memory: int = Field(1, ge=0, description="directions of largest autocorrelation, for each lag")
        products: int = Field(0, ge=0, description="directions whose products with one of variance differ, for each")
        orders: tuple[int, ...] = Field((2, 3), description="orders of the moments, from 2")
        moments: int = Field(6, ge=1, description="directions along which moments of each order differ")
        above: float = Field(1.2, ge=0, description="how many times as strong as in shuffled trajectories they must be")
        rule: Rule = Field("threshold", description="how the tree is cut where the number of basins is unknown")
        threshold: float = Field(0.35, gt=0, lt=0.5, description="mean risk above which groups are merged")
        folds: int = Field(4, ge=3, description="parts of the trajectories; each is held out once")

    parameters: Parameters

    def partition(self, trajectories: Trajectories, context: BasinContext) -> Partition:
        """Return the groups of representatives and the risk of each pair.

        Raises:
            ValueError: there are fewer trajectories than folds, or an order is below 2.
        """
        parameters = self.parameters
        if any(order < 2 for order in parameters.orders):
            raise ValueError(f"expected orders of at least 2, got {parameters.orders}: the first are the means")
        risk = pairwise_risk(self._held_out_logits(trajectories[:, :, context.burn_in :], context)).cpu().numpy()
        distances = (1 - 2 * risk).clip(min=0)
        labels = cut(distances, parameters.rule, context.count, height=1 - 2 * parameters.threshold)
        return Partition(labels, risk)

    def _held_out_logits(self, states: Tensor, context: BasinContext) -> Tensor:
        """Return logits [K, M, L, K] of states [K, M, L, D], each from the network that did not see its trajectory."""
        count, folds = len(states), self._folds(states, context)
        training = torch.stack([fold.training.flatten(0, 2) for fold in folds])
        labels = torch.arange(count, device=states.device).repeat_interleave(training.shape[1] // count)
        generator = context.generator("networks")
        networks = Perceptrons(len(folds), training.shape[2], count, self.parameters, generator, states.device)
        scale = training.std(dim=1, keepdim=True).clamp(min=1e-12)
        networks.fit(training / scale, labels)
        logits = torch.empty((*states.shape[:3], count), device=states.device)
        for number, fold in enumerate(folds):
            held_out = networks.only(number)(fold.held_out.flatten(0, 2)[None] / scale[number])
            logits[:, fold.held] = held_out[0].view(*fold.held_out.shape[:3], count)
        return logits

    def _folds(self, states: Tensor, context: BasinContext) -> list[Fold]:
        """Return the folds of the K-way form with further columns: zeros where an order has nothing to show."""
        from ._directions import Directions
        from ._moments import moment_directions, shuffled

        parameters, trajectories = self.parameters, states.shape[1]
        folds = directed_folds(states, parameters.folds, parameters)
        every = torch.eye(states.shape[3], device=states.device)
        whitened = Directions(states, 1, 0, ()).along(range(trajectories), every)
        mixed, widest = shuffled(whitened, context.generator("shuffle")), min(parameters.moments, len(every))
        others = [[number for number in range(trajectories) if number not in fold.held] for fold in folds]
        for order in parameters.orders:
            _, noise = moment_directions(mixed[:, others[0]], order, widest)
            for place, (fold, seen) in enumerate(zip(folds, others, strict=True)):
                directions, strength = moment_directions(whitened[:, seen], order, widest)
                context.log(f"order {order}, fold {place}: {strength / max(noise, 1e-30):.2f} times noise")
                directions = directions * float(strength > parameters.above * noise)
                # Training states in the order of the fold's, part by part.
                kept = _part_by_part(seen, parameters.folds)[: fold.training.shape[1]]
                training = torch.cat([fold.training, whitened[:, kept] @ directions], dim=-1)
                held_out = torch.cat([fold.held_out, whitened[:, fold.held] @ directions], dim=-1)
                folds[place] = Fold(training, held_out, fold.held)
        return folds


def _part_by_part(numbers: list[int], folds: int) -> list[int]:
    return sorted(numbers, key=lambda number: (number % folds, number))

"""Trajectory discrimination by one classifier for all representatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite.lazy import torch
from suite.tracks.basins import BasinContext, BasinDetector, Partition, Trajectories

from ._cluster_count import Rule, cut
from ._cross_validation import Selection, directed_folds
from ._perceptrons import Perceptrons, Training
from .trajectory_discrimination import CARD

if TYPE_CHECKING:
    from torch import Tensor


class KWayDiscrimination(BasinDetector):
    """One network learns which representative a state comes from; two share a basin if it cannot tell them apart.

    1. Few directions that may tell basins apart are found: of variance, of memory, of differing
       means and products.
    2. The trajectories are dealt into folds; for each, a network is trained on the states of the others.
    3. The risk of a pair is the error of comparing its two logits on the states of held-out trajectories: one half if
       nothing tells the two apart. Average linkage on 1 - 2 risk, cut by a rule.

    Reconstruction: the authors' formula was not available; the K-way form is our own.
    """

    name = "kway-discrimination"
    version = "1"
    uses = frozenset({"count"})
    formerly = {"kway-discrimination-known": {"basins": "counted"}}
    card = CARD.model_copy(update={"title": "Trajectory discrimination, K-way"})

    class Parameters(Selection, Training):
        """Rule, threshold and numbers of directions were chosen on the development systems."""

        rule: Rule = Field("threshold", description="how the tree is cut where the number of basins is unknown")
        threshold: float = Field(0.35, gt=0, lt=0.5, description="mean risk above which groups are merged")
        further: int = Field(0, ge=0, description="trajectories of each representative to ask the simulator for")
        folds: int = Field(4, ge=2, description="parts of the trajectories; each is held out once")

    parameters: Parameters
    grid = {"rule": ("threshold", "silhouette", "gap")}

    def partition(self, trajectories: Trajectories, context: BasinContext) -> Partition:
        """Return the groups of representatives and the risk of each pair.

        Raises:
            ValueError: there are fewer trajectories than folds, or more are asked for than the budget allows.
        """
        parameters = self.parameters
        if parameters.further:
            more = context.simulator.simulate(range(len(trajectories)), parameters.further)
            trajectories = torch.cat([trajectories, more], dim=1)
        risk = pairwise_risk(self._held_out_logits(trajectories[:, :, context.burn_in :], context)).cpu().numpy()
        distances = (1 - 2 * risk).clip(min=0)
        labels = cut(distances, parameters.rule, context.count, height=1 - 2 * parameters.threshold)
        return Partition(labels, risk)

    def _held_out_logits(self, states: Tensor, context: BasinContext) -> Tensor:
        """Return logits [K, M, L, K] of states [K, M, L, D], each from the network that did not see its trajectory."""
        parameters, count = self.parameters, len(states)
        folds = directed_folds(states, parameters.folds, parameters)
        training = torch.stack([fold.training.flatten(0, 2) for fold in folds])
        labels = torch.arange(count, device=states.device).repeat_interleave(training.shape[1] // count)
        generator = context.generator("networks")
        networks = Perceptrons(len(folds), training.shape[2], count, parameters, generator, states.device)
        scale = training.std(dim=1, keepdim=True).clamp(min=1e-12)
        networks.fit(training / scale, labels)
        logits = torch.empty((*states.shape[:3], count), device=states.device)
        for number, fold in enumerate(folds):
            held_out = networks.only(number)(fold.held_out.flatten(0, 2)[None] / scale[number])
            logits[:, fold.held] = held_out[0].view(*fold.held_out.shape[:3], count)
        return logits


def pairwise_risk(logits: Tensor) -> Tensor:
    """Return the balanced error of telling each two of K classes apart [K, K], with 1/2 on the diagonal.

    ``logits`` [K, M, L, K] are those of each class's states; of two classes the one with the larger logit is named, and
    a tie counts one half.
    """
    classes = torch.arange(len(logits), device=logits.device)
    margins = logits[classes, :, :, classes][..., None] - logits
    errors = (((margins < 0).double() + (margins <= 0).double()) / 2).mean(dim=(1, 2))
    return ((errors + errors.T) / 2).fill_diagonal_(0.5)

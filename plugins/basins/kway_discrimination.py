"""Trajectory discrimination by one classifier for all representatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from suite.tracks.basins import BasinContext, BasinDetector, Partition, known_count

from .cutting import Rule, cut
from .folds import Selection, directed_folds
from .perceptrons import Perceptrons, Training
from .risk import pairwise_margins, state_risk, trajectory_risk
from .trajectory_discrimination import CARD

if TYPE_CHECKING:
    from torch import Tensor


class KWayDiscrimination(BasinDetector):
    """One network learns which representative a state comes from; two share a basin if it cannot tell them apart.

    1. Few directions that may tell basins apart: of variance, of memory, and of differing means; see `directions`.
    2. The trajectories are dealt into folds. For each, a network is trained on the others' states; the directions of
       differing means are found without the trajectories that they are applied to, in training too, so that training
       and held-out states look alike to it.
    3. The pairwise risk is the error of comparing two logits on held-out whole trajectories; one half means that
       nothing tells the two apart. Average linkage on 1 - 2 risk, cut by a rule.

    Reconstruction: the K-way form is ours.
    """

    name = "kway-discrimination"
    version = "1"
    card = CARD.model_copy(update={"title": "Trajectory discrimination, K-way"})

    class Parameters(Selection):
        """Chosen on the development systems alone."""

        rule: Rule = Field("threshold", description="how the tree is cut where the number of basins is unknown")
        threshold: float = Field(0.35, gt=0, lt=0.5, description="mean risk above which groups are merged")
        evidence: Literal["trajectory", "state"] = Field("trajectory", description="whose risk the tree is built on")
        folds: int = Field(4, ge=2, description="parts of the trajectories; each is held out once")
        hidden: int = Field(64, ge=1, description="width of the two hidden layers")
        epochs: int = Field(30, ge=1)
        batch_size: int = Field(256, ge=1, description="states per step")
        learning_rate: float = Field(3e-3, gt=0)
        weight_decay: float = Field(1e-2, ge=0)

    parameters: Parameters
    grid = {"rule": ("threshold", "silhouette", "gap"), "evidence": ("trajectory", "state")}

    def partition(self, trajectories: Tensor, context: BasinContext) -> Partition:
        """Return the groups of representatives and the risk of single states.

        Raises:
            ValueError: there are fewer trajectories than folds.
        """
        chosen = self.parameters
        if trajectories.shape[1] < chosen.folds:
            raise ValueError(f"{chosen.folds} folds need as many trajectories, there are {trajectories.shape[1]}")
        margins = pairwise_margins(self._held_out_logits(trajectories[:, :, context.burn_in :], context))
        risk = state_risk(margins).cpu().numpy()
        judged = risk if chosen.evidence == "state" else trajectory_risk(margins).cpu().numpy()
        distances = (1 - 2 * judged).clip(min=0)
        labels = cut(distances, chosen.rule, context.count, height=1 - 2 * chosen.threshold)
        return Partition(labels, risk)

    def _held_out_logits(self, states: Tensor, context: BasinContext) -> Tensor:
        """Return logits [K, M, L, K] of states [K, M, L, D], each from the network that did not see its trajectory."""
        import torch

        chosen, count = self.parameters, len(states)
        folds = directed_folds(states, chosen.folds, chosen)
        training = torch.stack([fold.training.flatten(0, 2) for fold in folds])
        labels = torch.arange(count, device=states.device).repeat_interleave(training.shape[1] // count)
        schedule = Training(chosen.hidden, chosen.epochs, chosen.batch_size, chosen.learning_rate, chosen.weight_decay)
        networks = Perceptrons(len(folds), training.shape[2], count, schedule, context.generator("networks"))
        networks.to(states.device)
        scale = training.std(dim=1, keepdim=True).clamp(min=1e-12)
        networks.fit(training / scale, labels)
        found = torch.empty((*states.shape[:3], count), device=states.device)
        for number, fold in enumerate(folds):
            logits = networks.only(number)(fold.held_out.flatten(0, 2)[None] / scale[number])
            found[:, fold.held] = logits[0].view(*fold.held_out.shape[:3], count)
        return found


KWayDiscriminationKnown = known_count(KWayDiscrimination)

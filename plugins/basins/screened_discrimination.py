"""Trajectory discrimination along directions of every kind that stand out from noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite.lazy import torch
from suite.tracks.basins import BasinContext

from ._cross_validation import Fold, raw_folds
from .moment_discrimination import MomentDiscrimination
from .trajectory_discrimination import CARD

if TYPE_CHECKING:
    from torch import Tensor

    from ._differences import Differences
    from ._screening import ScreenedStates


class ScreenedDiscrimination(MomentDiscrimination):
    """The K-way discrimination along directions of every kind, each of which must stand out from noise.

    `kway-discrimination` gives its network directions of variance, memory, differing means and products whether they
    tell something or not; `moment-discrimination` adds those of second and third moments, and has to take fewer of the
    others. Here all are looked for, and those are kept that are none of the noise: of variance and memory by an
    eigenvalue unlike most of the spectrum (of memory also if means along it agree in halves of the trajectories), of
    means and products by being stronger than in shuffled trajectories, of moments if those of held-out trajectories
    agree. Memory that is less than most have counts too: it shows what is fast among slow noise.

    What is kept is decided once, from all trajectories; directions of means, products and moments are found without
    those that are held out. Reconstruction: the authors' formula was not available; the K-way form and the directions
    are our own.
    """

    name = "screened-discrimination"
    version = "1"
    tour = False
    card = CARD.model_copy(update={"title": "Trajectory discrimination, K-way, screened"})

    class Parameters(MomentDiscrimination.Parameters):
        """Numbers of directions are the K-way form's; what stands out was chosen on development systems."""

        variance: int = Field(4, ge=0, description="directions of largest variance, at most")
        memory: int = Field(3, ge=0, description="directions of most or least autocorrelation, for each lag, at most")
        products: int = Field(1, ge=0, description="directions whose products with one of variance differ, at most")
        times: float = Field(1.7, gt=1, description="how many times as far out as most an eigenvalue must lie")
        above: float = Field(1.05, ge=0, description="how many times as strong as in shuffled ones means must differ")
        shuffles: int = Field(3, ge=1, description="how often trajectories are shuffled")
        agreement: float = Field(0.2, lt=1, description="correlation with moments of held-out trajectories, at least")

    parameters: Parameters

    def _folds(self, states: Tensor, context: BasinContext) -> list[Fold]:
        """Return the folds of the states [K, M, L, D] along the directions that stand out."""
        from ._differences import Differences
        from ._screening import ScreenedStates

        parameters = self.parameters
        screened = ScreenedStates(states, parameters.variance, parameters.memory, parameters.lags, parameters.times)
        most = [parameters.means] + (screened.carriers.shape[3] - 1) * [parameters.products]
        differences = Differences(screened.whitened, screened.carriers, most)
        differences.screen(parameters.above, parameters.shuffles, context.generator("shuffle"))
        context.log(f"variance and memory {screened.kept}, means and products {differences.kept}")
        folds = raw_folds(torch.arange(states.shape[1])[None, :, None, None], parameters.folds)
        of_moments = self._of_moments(screened.whitened, folds, context)
        return [self._directed(fold, screened, differences, each) for fold, each in zip(folds, of_moments, strict=True)]

    def _of_moments(self, whitened: Tensor, folds: list[Fold], context: BasinContext) -> list[list[Tensor]]:
        """Return each fold's directions [D, q] of every order for which held-out trajectories agree in the mean."""
        from ._tucker import agreement, moment_directions

        kept: list[list[Tensor]] = [[] for _ in folds]
        for order in self.parameters.orders:
            found, agreed = [], []
            for fold in folds:
                seen = whitened[:, fold.training.flatten()]
                found.append(moment_directions(seen, order, self.parameters.moments))
                agreed.append(agreement(seen @ found[-1], whitened[:, fold.held] @ found[-1], order))
            context.log(f"order {order}: agreement {sum(agreed) / len(agreed):.2f}")
            if sum(agreed) / len(agreed) > self.parameters.agreement:
                kept = [[*others, each] for others, each in zip(kept, found, strict=True)]
        return kept

    def _directed(
        self, fold: Fold, screened: ScreenedStates, differences: Differences, of_moments: list[Tensor]
    ) -> Fold:
        """Return a fold of trajectories' numbers with their states along the directions; see `directed_folds`."""
        seen = fold.training.flatten().tolist()
        reference, training = differences.directions(seen), []
        for part in range(self.parameters.folds):
            rows = [number for number in seen if number % self.parameters.folds == part]
            others = differences.directions(sorted({*seen} - {*rows}), reference)
            training.append(screened.along(rows, [others, *of_moments]))
        return Fold(torch.cat(training, dim=1), screened.along(fold.held, [reference, *of_moments]), fold.held)

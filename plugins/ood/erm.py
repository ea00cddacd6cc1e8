"""Plain training."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from suite import Card, Context
from suite.tracks.ood import Learner, LearningData


class ERM(Learner):
    """Cross-entropy on the training images by the task's recipe, whatever groups or environments there are."""

    name = "erm"
    version = "1"
    card = Card(
        title="Empirical risk minimisation (ERM)",
        status="baseline",
        paper="Principles of Risk Minimization for Learning Theory",
        authors="Vladimir Vapnik",
        year=1991,
        url="https://papers.nips.cc/paper_files/paper/1991/hash/ff4d5fbbafdf976cfdc032e3bde78de5-Abstract.html",
    )

    class Parameters(Learner.Parameters):
        """How long; models that were trained for less give the line of shifted by clean accuracy."""

        share: float = Field(1.0, gt=0, description="of the recipe's epochs, one at least")

    parameters: Parameters

    def train(self, data: LearningData, context: Context) -> None:
        """Train a fresh network."""
        self.network = data.build(context.seed)
        epochs = max(1, round(self.parameters.share * data.recipe.epochs))
        data.fit(self.network, context, replace(data.recipe, epochs=epochs))

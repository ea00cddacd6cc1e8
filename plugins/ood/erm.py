"""Plain training."""

from __future__ import annotations

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

    def train(self, data: LearningData, context: Context) -> None:
        """Train a fresh network."""
        self.network = data.build(context.seed)
        data.fit(self.network, context)

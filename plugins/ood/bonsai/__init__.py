"""Rich features, constructed in rounds: a reconstruction."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Learner, LearningData
from suite.tracks.ood.generalization.contract import Loss

DISCLAIMER = (
    "Reconstruction: made from the abstract; criterion, rounds and schedules of the authors were not at hand. Not the "
    "authors' implementation."
)


class Bonsai(Learner):
    """Features of several networks, each of which learns from what those before it got wrong, distilled into one.

    Discovery: a network is trained for few epochs; the images that it gets wrong then have half of the weight in the
    training of the next one, so that the first one's features do not help it. Synthesis: a fresh network with a head a
    round learns to say what each of them says of each image. Last, a new linear head is trained on its features, which
    stay as they are, with the same weights of images as in the last round. Reconstruction from the abstract.
    """

    name = "bonsai"
    version = "1"
    card = Card(
        title="Rich feature construction (Bonsai), reconstruction",
        status="reconstruction",
        paper="Rich Feature Construction for the Optimization-Generalization Dilemma",
        authors="Jianyu Zhang, David Lopez-Paz, Léon Bottou",
        year=2022,
        url="https://arxiv.org/abs/2203.15516",
        note=DISCLAIMER,
    )

    class Parameters(Learner.Parameters):
        """Our choice, made on seeds of ood/coloured-digits that no table has."""

        rounds: int = Field(2, ge=1, description="networks that discover features")
        share: float = Field(0.5, gt=0, le=1, description="of the recipe's epochs for each of them")

    parameters: Parameters

    def train(self, data: LearningData, context: Context) -> None:
        """Discover, distil, and train a head."""
        from ._rich import Rich, distilled, train_head

        numbered = replace(data, groups=torch.arange(len(data.labels)))  # so that a loss knows which images it has
        images = data.transform.normalise(data.pixels).to(context.device)
        labels = data.labels.to(context.device)
        short = replace(data.recipe, epochs=max(1, round(self.parameters.share * data.recipe.epochs)))
        wrong, weights, answers = torch.zeros_like(labels, dtype=torch.bool), torch.ones(len(labels)), []
        for number in range(self.parameters.rounds):
            weights = halved(wrong)
            network = data.build(context.seed + number)
            numbered.fit(network, context, short, _weighted(weights))
            with torch.no_grad():
                logits = network(images)
            answers.append(logits.softmax(dim=1))
            wrong = logits.argmax(dim=1) != labels
        rich = Rich(data.build(context.seed), self.parameters.rounds)
        numbered.fit(rich, context, loss=distilled(torch.stack(answers, dim=1)))
        self.network = rich.body
        train_head(self.network, images, labels, weights)


def halved(wrong: torch.Tensor) -> torch.Tensor:
    """Return weights [N], 1 in the mean, of which the images that are ``wrong`` [N] have one half together.

    All are 1 where none is wrong, or all are.
    """
    share = wrong.float().mean()
    if share in (0, 1):
        return torch.ones(len(wrong), device=wrong.device)
    weights: torch.Tensor = torch.where(wrong, 0.5 / share, 0.5 / (1 - share))
    return weights


def _weighted(weights: torch.Tensor) -> Loss:
    def loss(
        network: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor, *marks: torch.Tensor
    ) -> torch.Tensor:
        losses = torch.nn.functional.cross_entropy(network(images), labels, reduction="none")
        return (weights[marks[0]] * losses).mean()

    return loss

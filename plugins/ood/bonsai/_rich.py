"""A network that says what several others say, and a head on its features."""

from __future__ import annotations

import torch

from suite.models.features import linear_head
from suite.tracks.ood.generalization.contract import Loss

from .._penultimate import features_and_logits

STEPS, DECAY = 200, 1e-3
"""Of the last head's logistic regression: at most so many steps, and the weight of its squared norm."""


class Rich(torch.nn.Module):
    """A network with a head for each of several networks whose answers it learns; returns logits [B, rounds, C]."""

    def __init__(self, body: torch.nn.Module, rounds: int) -> None:
        super().__init__()
        head = linear_head(body)
        self.body, self.shape = body, (rounds, head.out_features)
        self.heads = torch.nn.utils.skip_init(torch.nn.Linear, head.in_features, rounds * head.out_features)
        for parameter in self.heads.parameters():
            torch.nn.init.zeros_(parameter)  # nothing is drawn

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return what it says in the place of each network."""
        logits: torch.Tensor = self.heads(features_and_logits(self.body, images)[0])
        return logits.view(len(logits), *self.shape)


def distilled(answers: torch.Tensor) -> Loss:
    """Return the cross-entropy with what each network says of each image, answers [N, rounds, C]; groups are rows."""

    def loss(
        network: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor, *marks: torch.Tensor
    ) -> torch.Tensor:
        logits = network(images)
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), answers[marks[0]].flatten(0, 1))

    return loss


def train_head(network: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor) -> None:
    """Train the linear head anew on images with weights [N], by logistic regression on features that stay."""
    head = linear_head(network)
    with torch.no_grad():
        features, _ = features_and_logits(network, images)
        for parameter in head.parameters():
            parameter.zero_()
    optimiser = torch.optim.LBFGS(head.parameters(), max_iter=STEPS, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        losses = torch.nn.functional.cross_entropy(head(features), labels, reduction="none")
        objective = (weights * losses).mean() + DECAY * head.weight.square().sum()
        objective.backward()
        return objective

    optimiser.step(closure)

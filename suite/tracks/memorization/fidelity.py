"""Fidelity: the Fréchet distance between samples and real images, on features of a small classifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.lazy import torch
from suite.models.threads import threads

if TYPE_CHECKING:
    from torch import Tensor, nn

FEATURES = 32
EPOCHS = 200
JITTER = 0.3
"""Noise on the training images, in standard deviations: a perceptron of so few images needs some."""


@dataclass(frozen=True)
class FeatureNetwork:
    """A perceptron whose last hidden layer gives the features; it is trained on the held-out images.

    The same weights for every training seed of the denoiser.
    """

    weights: dict[str, Tensor]

    @classmethod
    def trained(cls, images: Tensor, labels: Tensor) -> FeatureNetwork:
        """Train on images [N, C, H, W] with labels [N]."""
        with torch.random.fork_rng(devices=[]), threads(1):
            torch.manual_seed(0)
            network = _network(images[0].numel(), int(labels.max()) + 1)
            optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-2)
            flat = images.flatten(1)
            for _ in range(EPOCHS):
                for rows in torch.randperm(len(flat)).split(128):
                    jittered = flat[rows] + JITTER * torch.randn_like(flat[rows])
                    loss = torch.nn.functional.cross_entropy(network(jittered), labels[rows])
                    optimiser.zero_grad(set_to_none=True)
                    loss.backward()
                    optimiser.step()
        return cls({name: value.detach() for name, value in network.state_dict().items()})

    def features(self, images: Tensor) -> Tensor:
        """Return the features of images [N, C, H, W], as [N, 32]."""
        features: Tensor = self._loaded()[:-1](images.cpu().flatten(1))
        return features

    def classes(self, images: Tensor) -> Tensor:
        """Return the classes of images [N]."""
        logits: Tensor = self._loaded()(images.cpu().flatten(1))
        return logits.argmax(dim=1)

    @torch.no_grad()
    def _loaded(self) -> nn.Sequential:
        network = _network(self.weights["0.weight"].shape[1], self.weights["4.weight"].shape[0])
        network.load_state_dict(self.weights)
        return network.requires_grad_(False)


def _network(size: int, classes: int) -> nn.Sequential:
    nn = torch.nn
    hidden = nn.Sequential(nn.Linear(size, 128), nn.ReLU(), nn.Linear(128, FEATURES), nn.ReLU())
    return hidden.append(nn.Linear(FEATURES, classes))


def frechet_distance(a: Tensor, b: Tensor, weights: Tensor | None = None) -> float:
    """Return the Fréchet distance between the Gaussians of features a [N, D] and b [M, D].

    ``weights`` [M] say how much each of the second counts. Source: Dowson and Landau 1982; Heusel et al. 2017.
    """
    (first, spread), (second, other) = _moments(a, None), _moments(b, weights)
    values, vectors = torch.linalg.eigh(spread)
    root = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    between = torch.linalg.eigvalsh(root @ other @ root).clamp(min=0).sqrt().sum()
    return float((first - second).square().sum() + spread.trace() + other.trace() - 2 * between)


def _moments(features: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    features = features.double()
    share = (
        torch.full((len(features),), 1 / len(features), dtype=torch.float64) if weights is None else weights.double()
    )
    share = share / share.sum()
    mean = share @ features
    centred = features - mean
    return mean, centred.T @ (centred * share[:, None])

"""Mahalanobis: its definition, and the case where the peer breaks: fewer samples than dimensions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from suite import Context
from suite.data.transform import Transform
from suite.models.features import features_and_logits
from suite.models.recipe import Recipe
from suite.plugins.ood.mahalanobis import Mahalanobis
from suite.tracks.ood import Batch, Labelled, LinearHead, TrainingSet
from suite.tracks.ood.metrics import auroc


def test_it_is_the_definition() -> None:
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(400, 5)) @ rng.normal(size=(5, 5)), rng.integers(3, size=400)
    test = rng.normal(size=(50, 5))
    means = np.stack([features[labels == c].mean(0) for c in range(3)])
    precision = np.linalg.inv(np.cov((features - means[labels]).T, bias=True))
    expected = [-min((x - m) @ precision @ (x - m) for m in means) for x in test]
    found = fitted(torch.from_numpy(features), torch.from_numpy(labels)).score(batch(torch.from_numpy(test)))
    assert found.numpy() == pytest.approx(np.array(expected), rel=1e-9)


def test_classes_need_not_be_numbered_without_gaps() -> None:
    features, labels = torch.randn(60, 4), torch.arange(60) % 3
    one, other = fitted(features, labels), fitted(features, labels * 5 + 1)
    torch.testing.assert_close(one.score(batch(features)), other.score(batch(features)))


def test_dimensions_that_never_fire_change_nothing() -> None:
    features, labels = torch.randn(100, 6, dtype=torch.float64), torch.arange(100) % 2
    padded = torch.cat([features, torch.zeros(100, 10, dtype=torch.float64)], dim=1)
    one, other = fitted(features, labels), fitted(padded, labels)
    torch.testing.assert_close(one.score(batch(features)), other.score(batch(padded)), rtol=1e-8, atol=1e-8)


class PeersNetwork(nn.Module):
    """The network of the peers' digits set-up: features [N, 512], logits [N, 6]."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs in ((1, 32), (32, 64), (64, 512)):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
            if outputs == 64:
                layers.append(nn.MaxPool2d(2))
        self.body = nn.Sequential(*layers)
        self.linear = nn.Linear(512, 6)

    def get_classifier(self) -> nn.Linear:
        return self.linear

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(self.body(x).mean(dim=(2, 3)))


def few_features(seed: int) -> tuple[list[Tensor], Tensor]:
    """Return the features of 200 training, the ID test and the OOD images of the peers' set-up, and training labels."""
    digits = load_digits()
    pixels = torch.from_numpy(digits.images.astype(np.uint8))[..., None]
    labels = torch.from_numpy(digits.target)
    transform = Transform(size=8, channels=1, scale=16.0, mean=(0.3,))
    rows = torch.from_numpy(np.random.default_rng(seed).permutation(np.flatnonzero(digits.target < 6)))
    train, test = rows[:649], rows[649 + 109 :]
    outside = torch.from_numpy(np.flatnonzero(digits.target >= 6))[70:]
    torch.manual_seed(seed)
    network = PeersNetwork()
    recipe = Recipe(epochs=30, batch_size=64, learning_rate=0.05, weight_decay=5e-4)
    recipe.train(network, pixels[train], labels[train], transform, seed=seed, device="cpu", log=lambda _: None)
    parts = (train[:200], test, outside)
    return [features_and_logits(network, transform.normalise(pixels[part]))[0] for part in parts], labels[train[:200]]


@pytest.mark.slow
def test_two_hundred_samples_in_512_dimensions() -> None:
    """Where pytorch-ood gives 46 to 59 %, we give at least 98 in the mean of the peers' three seeds."""
    peer = pytest.importorskip("pytorch_ood.detector", reason="install it with: pip install 'basin-suite[test]'")
    ours, theirs = [], []
    for seed in range(3):
        (train, *tests), labels = few_features(seed)
        detector = fitted(train, labels)
        ours.append(auroc(*(detector.score(batch(each)).numpy() for each in tests)))
        other = peer.Mahalanobis(None).fit_features(train, labels)
        theirs.append(auroc(*(-other.predict_features(each).numpy() for each in tests)))
    print(f"Mahalanobis with N = 200, D = 512: ours {ours}, pytorch-ood {theirs}")
    assert np.mean(ours) >= 0.98
    assert min(ours) >= 0.975
    assert max(theirs) <= 0.7


def fitted(features: Tensor, labels: Tensor, **parameters: float) -> Mahalanobis:
    detector = Mahalanobis(**parameters)
    head = LinearHead(torch.zeros(2, features.shape[1]), torch.zeros(2))
    seen = Labelled(features, torch.zeros(len(features), 2), labels)
    detector.fit(TrainingSet(**vars(seen), head=head, validation=seen), Context(seed=0))
    return detector


def batch(features: Tensor) -> Batch:
    return Batch(features, torch.zeros(len(features), 2))

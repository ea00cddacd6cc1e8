"""The detectors that run the network: any network of the suite's or timm's, and memory that is bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor

from suite import Context
from suite.models.architecture import Architecture
from suite.models.features import features_and_logits, linear_head
from suite.plugins.ood.gram import Gram, gram_vectors
from suite.plugins.ood.nac import NAC
from suite.plugins.ood.odin import ODIN
from suite.plugins.ood.rankfeat import RankFeat, without_rank_one
from suite.tracks.ood import Batch, Labelled, LinearHead, TrainingSet

CLASSES = {"num_classes": 4}
TINY = {"img_size": 16, "embed_dim": 48}
WINDOWS = {"img_size": 32, "embed_dim": 12, "window_size": 4, "num_heads": (1, 2)}
NETWORKS = {
    "resnet-cifar": (Architecture("resnet-cifar", {"depth": 8, "classes": 4}), 16),
    "resnet18": (Architecture("timm/resnet18", CLASSES), 64),
    "vit": (Architecture("timm/vit_tiny_patch16_224", {**CLASSES, **TINY, "patch_size": 8, "depth": 3}), 16),
    "swin": (Architecture("timm/swin_tiny_patch4_window7_224", {**CLASSES, **WINDOWS, "depths": (1, 1)}), 32),
}
DETECTORS = [ODIN(), Gram(powers=3), RankFeat(), NAC(filled=(2, 2, 2, 2))]


@dataclass(frozen=True)
class Stack:
    images: Tensor

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, rows: slice) -> Tensor:
        return self.images[rows]


def setting(name: str) -> tuple[TrainingSet, Batch]:
    """A network with random weights, forty training images and twelve test images."""
    architecture, size = NETWORKS[name]
    torch.manual_seed(0)
    network = architecture.build().eval()
    images = torch.randn(40, 3, size, size)
    features, logits = features_and_logits(network, images)
    seen = Labelled(features, logits, logits.argmax(dim=1))
    linear = linear_head(network)
    head = LinearHead(linear.weight.detach(), linear.bias.detach())
    train = TrainingSet(**vars(seen), head=head, validation=seen, images=Stack(images), network=network)
    tests = torch.cat([torch.randn(6, 3, size, size), 3 * torch.rand(6, 3, size, size)])
    return train, Batch(*features_and_logits(network, tests), tests)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.name)
def test_any_network_will_do_in_passes_of_any_size(detector: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = []
    for pixels in (2**19, 5 * 32 * 32):
        monkeypatch.setattr("suite.plugins.ood._batching.PIXELS", pixels)
        train, batch = setting(name)
        detector.fit(train, Context(seed=0))
        scores.append(detector.score(batch))
        assert scores[-1].shape == (12,)
        assert torch.isfinite(scores[-1]).all()
        assert not scores[-1].requires_grad
    torch.testing.assert_close(*scores, rtol=1e-3, atol=1e-4)
    assert scores[0].unique().numel() > 3


def test_gram_vectors_are_row_sums_of_gram_matrices() -> None:
    maps = torch.randn(5, 7, 11, dtype=torch.float64)
    maps[0, 3] = 0
    expected = []
    for power in (1, 2, 3):
        sums = (maps.pow(power) @ maps.pow(power).transpose(1, 2)).sum(dim=2)
        expected.append(sums.sign() * sums.abs().pow(1 / power))
    torch.testing.assert_close(gram_vectors(maps, 3), torch.cat(expected, dim=1))
    assert torch.equal(gram_vectors(torch.zeros(2, 3, 4), 2), torch.zeros(2, 6))


def test_high_powers_neither_overflow_nor_vanish() -> None:
    maps = torch.rand(4, 6, 9) * torch.tensor([1e-5, 1.0, 1e5, 1.0, 1.0, 1.0]).reshape(1, 6, 1)
    exact = gram_vectors(maps.double(), 10)
    torch.testing.assert_close(gram_vectors(maps, 10).double(), exact, rtol=1e-4, atol=0)
    assert not torch.isfinite(maps.pow(10).square().sum()).all()


@pytest.mark.parametrize("shape", [(4, 5, 9), (4, 9, 5)])
def test_the_component_removed_is_that_of_the_decomposition(shape: tuple[int, ...]) -> None:
    matrix = torch.randn(*shape)
    u, s, v = torch.linalg.svd(matrix, full_matrices=False)
    expected = (u[:, :, 1:] * s[:, None, 1:]) @ v[:, 1:]
    torch.testing.assert_close(without_rank_one(matrix), expected, rtol=1e-4, atol=1e-5)
    assert torch.equal(without_rank_one(torch.zeros(shape)), torch.zeros(shape))


def test_odin_without_a_step_is_the_softmax_at_its_temperature() -> None:
    train, batch = setting("resnet-cifar")
    detector = ODIN(eps=0.0, temperature=2.0)
    detector.fit(train, Context(seed=0))
    expected = (batch.logits / 2).log_softmax(dim=1).amax(dim=1).double()
    torch.testing.assert_close(detector.score(batch), expected, rtol=1e-4, atol=1e-6)


def test_odins_step_raises_the_largest_probability() -> None:
    train, batch = setting("resnet-cifar")
    scores = []
    for eps in (0.0, 1e-3):
        detector = ODIN(eps=eps)
        detector.fit(train, Context(seed=0))
        scores.append(detector.score(batch))
    assert (scores[1] > scores[0]).all()


def test_nacs_gradient_is_the_one_of_the_divergence() -> None:
    train, batch = setting("resnet-cifar")
    features = batch.features.clone().requires_grad_(True)
    divergence = -train.head(features).log_softmax(dim=1).mean(dim=1).sum()
    (gradient,) = torch.autograd.grad(divergence, features)
    detector = NAC(alpha=(1.0,), bins=(4,), filled=(1,))
    detector.fit(train, Context(seed=0))
    torch.testing.assert_close(detector._products(batch)[0], batch.features * gradient, rtol=1e-4, atol=1e-6)


def test_nac_wants_as_many_entries_for_each_parameter() -> None:
    train, _ = setting("resnet-cifar")
    with pytest.raises(ValueError, match="alpha, bins and filled have different numbers of layers"):
        NAC(alpha=(1.0, 2.0)).fit(train, Context(seed=0))

"""A vision transformer that has learned real digits, small enough to quantize in every test."""

from __future__ import annotations

import copy
from typing import NamedTuple

import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from suite.data.transform import Transform
from suite.models.recipe import Recipe

TRAINING = 1200
CALIBRATION = 128


class DigitsViT(NamedTuple):
    """A model with 3 blocks 48 wide, calibration images [128, 1, 8, 8], and test images with labels."""

    model: nn.Module
    calibration: Tensor
    images: Tensor
    labels: Tensor

    def copy(self) -> nn.Module:
        """Return a copy of the model, to be quantized."""
        return copy.deepcopy(self.model)

    def accuracy(self, model: nn.Module) -> float:
        """Return a model's accuracy on the test images, in per cent."""
        with torch.no_grad():
            return 100 * float((model(self.images).argmax(dim=1) == self.labels).double().mean())


@pytest.fixture(scope="session")
def digits_vit() -> DigitsViT:
    """The model, trained for a few seconds."""
    import timm

    digits = load_digits()
    pixels = torch.from_numpy(digits.images).to(torch.uint8)[..., None]
    labels = torch.from_numpy(digits.target).to(torch.int64)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    train, test = order[:TRAINING], order[TRAINING:]
    transform = Transform(size=8, channels=1, scale=16.0, mean=(0.5,), std=(0.5,))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = timm.models.VisionTransformer(
            img_size=8,
            patch_size=2,
            in_chans=1,
            num_classes=10,
            embed_dim=48,
            depth=3,
            num_heads=4,
            class_token=False,
            global_pool="avg",
        )
        recipe = Recipe(
            epochs=16, batch_size=64, learning_rate=4e-3, weight_decay=0.05, optimiser="adamw", warmup_epochs=2
        )
        recipe.train(model, pixels[train], labels[train], transform, seed=0, device="cpu", log=lambda _: None)
    images = transform.normalise(pixels)
    found = DigitsViT(model, images[train[:CALIBRATION]], images[test], labels[test])
    assert found.accuracy(model) >= 85
    return found

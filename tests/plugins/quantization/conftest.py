"""A vision transformer small enough to train on digits in seconds, and good enough to lose something."""

from __future__ import annotations

import pytest
import timm
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

CALIBRATION = 128


@pytest.fixture(scope="session")
def digits_vit() -> tuple[nn.Module, Tensor, Tensor, Tensor]:
    """A trained model in evaluation mode (copy it before changing it), calibration images, test images and labels."""
    digits = load_digits()
    order = torch.randperm(len(digits.target), generator=torch.Generator().manual_seed(0))
    images = torch.from_numpy(digits.images).float()[order, None] / 8 - 1
    labels = torch.from_numpy(digits.target)[order]
    train = len(labels) * 2 // 3
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = timm.create_model(
            "vit_tiny_patch16_224",
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
        optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
        for _ in range(15):
            for rows in torch.randperm(train).split(64):
                loss = F.cross_entropy(model(images[rows]), labels[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return model.eval(), images[:CALIBRATION], images[train:], labels[train:]

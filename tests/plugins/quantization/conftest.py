"""A vision transformer that has learned real digits, small enough to quantize in every test."""

from __future__ import annotations

import copy
from typing import NamedTuple

import pytest
import torch
from torch import Tensor, nn

from suite.contracts import Resources
from suite.testing.quantization import digits_network


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
def digits_vit(resources: Resources) -> DigitsViT:
    """The model, trained once for all tests."""
    network = digits_network(resources)
    return DigitsViT(network.model, network.calibration.images, network.images, network.labels)

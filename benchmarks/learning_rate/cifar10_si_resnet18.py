"""CIFAR-10 by a scale-invariant ResNet-18: the authors' main set-up, on a coarser grid of rates."""

from __future__ import annotations

from suite.tracks.learning_rate.network import ResNet18

from ._protocol import PROTOCOL
from .cifar10_si import DATA, EPOCH, CIFAR10SITask


class CIFAR10ResNet18SITask(CIFAR10SITask):
    """A ResNet-18-SI of width 32, for four hundred epochs."""

    id = "learning-rate/cifar10-si-resnet18"
    version = "1"
    tier = "large"
    title = "CIFAR-10, ResNet-18-SI"
    summary = (
        f"{DATA} A pre-activation ResNet-18 of width 32 with batch norm on the sphere of norm 28. {PROTOCOL} 9 rates "
        "from 1e-5 to 0.1, 400 epochs of batches of 128."
    )
    updates = 400 * EPOCH
    fine = (1e-5, 1e-4, 3e-4)
    network = ResNet18(channels=3, width=32, classes=10)

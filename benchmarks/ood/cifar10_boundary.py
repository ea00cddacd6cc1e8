"""What the boundaries of detectors are worth, on CIFAR-10."""

from __future__ import annotations

from suite.tracks.ood.boundary import BoundaryTask

from .cifar10 import SPLITS, CIFAR10Task


class CIFAR10BoundaryTask(BoundaryTask):
    """The splits and network of ``ood/cifar10``."""

    id = "ood/cifar10-boundary"
    version = "1"
    tier = "standard"
    title = "CIFAR-10: where the boundary lies"
    summary = (
        "Splits and network of ood/cifar10. Each image is accepted or refused, and a method is judged by "
        "the share of ID that it keeps, the share of OOD that it accepts, and their balance. A method that claims no "
        "boundary takes the one that conformal prediction draws on three quarters of the validation images, which it "
        "does not see. "
        f"{SPLITS}"
    )
    of = CIFAR10Task

"""What is covered by generated images: classes by their shares, and real images by their neighbourhoods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

Shares = NDArray[np.float64]
NEIGHBOURS = 5


def expected_shares(tasks: Sequence[NDArray[np.int64]], classes: int) -> Shares:
    """Return the share of each class [classes] where each task, given by its labels, has an equal part of the whole."""
    parts = [np.bincount(labels, minlength=classes) / len(labels) for labels in tasks]
    return np.asarray(np.mean(parts, axis=0))


def observed_shares(labels: NDArray[np.int64], classes: int) -> Shares:
    """Return the share of each class [classes] among labels [M], of which -1 is of none."""
    return np.bincount(labels[labels >= 0], minlength=classes) / max(len(labels), 1)


def class_coverage(observed: Shares, expected: Shares) -> float:
    """Return how much of what is expected of some classes [K] is there: sum min(observed, expected) / sum expected.

    More of a class than is expected makes up for no other class.
    """
    return float(np.minimum(observed, expected).sum() / expected.sum())


def covered(real: Tensor, generated: Tensor, neighbours: int = NEIGHBOURS) -> Tensor:
    """Return whether each real image [N, ...] has a generated one [M, ...] in its neighbourhood [N], bool.

    That is the ball up to its ``neighbours``-th nearest other real image: coverage of Naeem et al. 2020.
    """
    images, others = real.flatten(1), generated.flatten(1)
    apart = torch.cdist(images, images).fill_diagonal_(torch.inf)
    radii = apart.kthvalue(min(neighbours, len(images) - 1), dim=1).values
    return torch.cdist(images, others).amin(dim=1) <= radii

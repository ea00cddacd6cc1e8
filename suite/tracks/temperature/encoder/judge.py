"""What embeddings are worth: a linear probe, nearest neighbours, alignment and uniformity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

Labels = NDArray[np.int64]


def probed(train: Tensor, labels: Labels, test: Tensor) -> Labels:
    """Return classes [M] of unit vectors [M, D] by logistic regression on labelled ones [N, D].

    Its penalty is weak, C = 100: coordinates of unit vectors are small.
    """
    from sklearn.linear_model import LogisticRegression

    probe = LogisticRegression(C=100.0, max_iter=1000).fit(train.numpy(), labels)
    return np.asarray(probe.predict(test.numpy()), np.int64)


def of_neighbours(train: Tensor, labels: Labels, test: Tensor, count: int = 5) -> Labels:
    """Return the classes [M] that the nearest of labelled unit vectors [N, D] vote for."""
    from sklearn.neighbors import KNeighborsClassifier

    return np.asarray(KNeighborsClassifier(count).fit(train.numpy(), labels).predict(test.numpy()), np.int64)


def few(labels: Labels, each: int = 10) -> Labels:
    """Return the places of the first so many labels of each class."""
    return np.concatenate([np.flatnonzero(labels == label)[:each] for label in np.unique(labels)])


def distances(one: Tensor, other: Tensor) -> NDArray[np.float64]:
    """Return |f(x) - f(x+)|^2 of two views of each image [M]: its mean is the alignment of Wang and Isola 2020."""
    return np.asarray((one - other).double().square().sum(dim=1))


def uniformity(points: Tensor) -> float:
    """Return log mean exp(-2 |f(x) - f(y)|^2) over pairs of unit vectors [M, D] (Wang and Isola 2020).

    0 where all are one point; the lower, the more evenly they lie.
    """
    return float(torch.pdist(points.double()).square().mul(-2).exp().mean().log())

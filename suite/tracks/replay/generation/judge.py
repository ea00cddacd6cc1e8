"""The judge: which class a generated image is of, or none, by real images of every class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

REAL = 0.99
"""Share of the real images of a class that are near enough to another one to be of that class."""
HELD_OUT = 3
"""Every third image tells how often the judge is right."""
COMPONENTS = 100
"""Principal components that the classifier is shown of larger images; distances are of all pixels."""


class Judge:
    """scikit-learn's support vector classifier of pixels, and for each class a distance beyond which nothing is of it.

    Attributes:
        accuracy: on every third image, where the classifier was fitted on the others.
    """

    def __init__(self, images: Tensor, labels: Tensor) -> None:
        """Learn images [N, ...] with labels [N], of which each class has two at least."""
        from sklearn.svm import SVC

        self._images, self._labels = images.flatten(1), labels
        self._centre = self._images.mean(dim=0)
        self._axes = axes(self._images - self._centre)
        flat, known = self._seen(self._images), labels.numpy()
        tested = np.arange(len(flat)) % HELD_OUT == 0
        trial = SVC(C=10).fit(flat[~tested], known[~tested])
        self.accuracy = float((trial.predict(flat[tested]) == known[tested]).mean())
        self._classifier = SVC(C=10).fit(flat, known)
        self._reach = {label: self._reach_of(label) for label in sorted(set(known.tolist()))}

    def classes(self, images: Tensor) -> Tensor:
        """Return the class of each image [M, ...], or -1 where it is too far from all real images of it, int64 [M]."""
        flat = images.flatten(1).nan_to_num(nan=1e3, posinf=1e3, neginf=-1e3)
        said = torch.from_numpy(self._classifier.predict(self._seen(flat)).astype(np.int64))
        for label, reach in self._reach.items():
            rows = torch.where(said == label)[0]
            if len(rows):
                nearest = torch.cdist(flat[rows], self._images[self._labels == label]).amin(dim=1)
                said[rows[nearest > reach]] = -1
        return said

    def _seen(self, flat: Tensor) -> NDArray[np.float32]:
        """Return what the classifier is shown of pixels [N, D]."""
        return (flat if self._axes is None else (flat - self._centre) @ self._axes).numpy()

    def _reach_of(self, label: int) -> float:
        own = self._images[self._labels == label]
        return float(torch.cdist(own, own).fill_diagonal_(torch.inf).amin(dim=1).quantile(REAL))


def axes(centred: Tensor) -> Tensor | None:
    """Return the principal axes of images [N, D] as [D, `COMPONENTS`]; None where there are no more pixels."""
    if centred.shape[1] <= COMPONENTS:
        return None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # the axes are found from random ones
        found: Tensor = torch.pca_lowrank(centred, COMPONENTS, center=False)[2]
    return found

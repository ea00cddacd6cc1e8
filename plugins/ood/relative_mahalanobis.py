"""Relative Mahalanobis distance."""

from __future__ import annotations

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._gaussian import Gaussian
from ._moments import class_means, second_moment


class RelativeMahalanobis(Detector):
    """``-min_c (MD_c(z) - MD_0(z))``: the class distances minus the distance to one Gaussian for all of training.

    Source: Ren et al. 2021. Numerics as in `Mahalanobis`: float64, rank cut, shrinkage when N <= D.
    """

    name = "relative-mahalanobis"
    version = "2"
    card = Card(
        title="Relative Mahalanobis distance",
        status="paper",
        paper="A Simple Fix to Mahalanobis Distance for Improving Near-OOD Detection",
        authors="Jie Ren, Stanislav Fort, Jeremiah Liu, Abhijit Guha Roy, Shreyas Padhy, Balaji Lakshminarayanan",
        year=2021,
        url="https://arxiv.org/abs/2106.09022",
    )

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Fit the class Gaussians and the background Gaussian."""
        features = train.features
        if len(features) <= features.shape[1]:
            self._classes = Gaussian.fit(features, train.labels)
            self._background = Gaussian.fit(features, train.labels.new_zeros(len(features)))
            return
        classes, places = torch.unique(train.labels, return_inverse=True)
        means = class_means(features, places, len(classes))
        within = second_moment(features, means, places)
        # The background's covariance is what the classes have within and between them.
        shares = places.bincount().double() / len(features)
        centre = shares @ means
        offsets = means - centre
        self._classes = Gaussian.of(means, within)
        self._background = Gaussian.of(centre[None], within + (offsets.T * shares) @ offsets)

    def score(self, batch: Batch) -> torch.Tensor:
        """Return minus the relative distance to the nearest class [B]."""
        return self._background.distances(batch.features)[:, 0] - self._classes.distances(batch.features).amin(dim=1)

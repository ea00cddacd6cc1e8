"""Removal of the rank-one component of the features."""

from __future__ import annotations

from typing import Any

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._batching import in_passes


class RankFeat(Detector):
    """Energy of the logits of ``X - s1 u1 v1'``, X the last feature maps as a matrix [channels, positions].

    Source: Song et al. 2022, block 4 alone. A vision transformer's tokens [positions, channels] are such a matrix too.
    The component comes from the eigenvectors of the smaller of X X' and X' X, which is several times faster than the
    decomposition of X.
    """

    name = "rankfeat"
    version = "1"
    card = Card(
        title="Rank-one feature removal (RankFeat)",
        status="paper",
        paper="RankFeat: Rank-1 Feature Removal for Out-of-distribution Detection",
        authors="Yue Song, Nicu Sebe, Wei Wang",
        year=2022,
        url="https://arxiv.org/abs/2209.08590",
    )
    needs = frozenset({"images", "network"})
    _network: Any  # timm's, with methods that torch's types do not know

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Keep the network."""
        assert train.network is not None
        self._network = train.network

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the energy of the logits without the component [B]."""
        assert batch.images is not None
        return in_passes(self._energy, batch.images)

    def _energy(self, images: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            maps = self._network.forward_features(images)
            # A matrix or its transpose: the component is the same.
            last = maps.ndim == 4 and getattr(self._network, "output_fmt", "NCHW") == "NHWC"
            matrix = maps.flatten(1, 2) if last else maps.flatten(2)
            logits = self._network.forward_head(without_rank_one(matrix).view_as(maps))
            energy: torch.Tensor = logits.logsumexp(dim=1)
            return energy


def without_rank_one(matrix: torch.Tensor) -> torch.Tensor:
    """Return matrices [B, m, n] minus their best approximations of rank one; zero stays zero."""
    wide = matrix.shape[1] <= matrix.shape[2]
    matrix = matrix if wide else matrix.transpose(1, 2)
    _, vectors = torch.linalg.eigh(matrix @ matrix.transpose(1, 2))
    first = vectors[:, :, -1:]
    rest: torch.Tensor = matrix - first @ (first.transpose(1, 2) @ matrix)
    return (rest if wide else rest.transpose(1, 2)).contiguous()

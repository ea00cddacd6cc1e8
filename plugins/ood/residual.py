"""Residual outside the main subspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.ood import Batch

from .vim import ViM

if TYPE_CHECKING:
    from torch import Tensor


class Residual(ViM):
    """``-||R'(z - o)||``, the virtual logit of ViM alone. Source: Wang et al. 2022; see `ViM`."""

    name = "residual"
    version = "1"
    card = Card(
        title="Residual (ViM without the logits)",
        status="paper",
        paper="ViM: Out-Of-Distribution with Virtual-logit Matching",
        authors="Haoqi Wang, Zhizhong Li, Litong Feng, Wayne Zhang",
        year=2022,
        url="https://arxiv.org/abs/2203.10807",
    )

    def score(self, batch: Batch) -> Tensor:
        """Return minus the norm of the residual [B]."""
        return -self._residual_norm(batch)

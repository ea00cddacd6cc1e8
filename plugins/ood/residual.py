"""Residual outside the main subspace."""

from __future__ import annotations

from suite.lazy import torch
from suite.tracks.ood import Batch

from .vim import ViM


class Residual(ViM):
    """``-||R'(z - o)||``, the virtual logit of ViM alone. Source: Wang et al. 2022; see `ViM`."""

    name = "residual"
    version = "2"
    card = ViM.card.model_copy(update={"title": "Residual (ViM without the logits)"})

    def score(self, batch: Batch) -> torch.Tensor:
        """Return minus the norm of the residual [B]."""
        return -self._residual_norm(batch)

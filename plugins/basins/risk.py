"""Risks of telling two representatives apart, from the held-out logits of one classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def pairwise_margins(logits: Tensor) -> Tensor:
    """Return ``logit of the own class - logit of j`` [K, M, L, C] from logits [K, M, L, C] of states of K classes."""
    import torch

    classes = torch.arange(len(logits), device=logits.device)
    own = logits[classes, :, :, classes]
    return own[..., None] - logits


def state_risk(margins: Tensor) -> Tensor:
    """Return the balanced error of single states between each pair of classes [K, K], with 1/2 on the diagonal.

    ``margins`` [K, M, L, K]; a tie counts one half.
    """
    return _balanced(_errors(margins).mean(dim=(1, 2)))


def trajectory_risk(margins: Tensor) -> Tensor:
    """Return the balanced error of whole trajectories, by the sum of their states' margins [K, K].

    If two trajectories have the same law, so do their sums: the risk is 1/2 as it is for single states. If not, the
    evidence of many states adds up and the risk is closer to 0.
    """
    return _balanced(_errors(margins.sum(dim=2)).mean(dim=1))


def _errors(margins: Tensor) -> Tensor:
    return ((margins < 0).double() + (margins <= 0).double()) / 2


def _balanced(errors: Tensor) -> Tensor:
    return ((errors + errors.T) / 2).fill_diagonal_(0.5)

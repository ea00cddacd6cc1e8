"""What a method replays of one finished task where there is no stream: chosen within the capacity, nothing, or all."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from suite.tracks.replay.contract import Bound, ReplayContext, ReplaySelector
from suite.tracks.replay.exemplars import Exemplars
from suite.tracks.replay.roles import Roles


@dataclass(frozen=True)
class Selection:
    """Places among the samples of the task [K], int64, and the seconds that choosing them took."""

    places: Tensor
    seconds: float = 0.0


def selected(method: ReplaySelector | Bound, samples: Exemplars, capacity: int, context: ReplayContext) -> Selection:
    """Return what a method replays; it is not asked where there is room for all samples.

    Raises:
        ValueError: what it selects is no selection.
    """
    if isinstance(method, Bound):
        return Selection(torch.arange(len(samples) if method.regime == "joint" else 0))
    roles = Roles(method)
    return Selection(roles.select(samples, capacity, context), roles.seconds)

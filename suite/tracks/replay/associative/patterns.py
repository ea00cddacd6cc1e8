"""What an associative memory can tell of its patterns: the contract's `Learner` with nothing but the patterns."""

from __future__ import annotations

import torch
from torch import Tensor

from suite.tracks.replay.contract import History, Samples, Unavailable


class Patterns:
    """What an associative memory can tell of its patterns: the patterns themselves, for nothing."""

    forward_passes = backward_passes = 0

    def flat(self, samples: Samples) -> Tensor:
        """Return the patterns [N, d]."""
        return samples.inputs

    def features(self, samples: Samples) -> Tensor:
        """Return the patterns [N, d]."""
        return samples.inputs

    def logits(self, samples: Samples) -> Tensor:
        """Raise `Unavailable`."""
        raise _unavailable("logits")

    def augmented_logits(self, samples: Samples, times: int, generator: torch.Generator) -> Tensor:
        """Raise `Unavailable`."""
        raise _unavailable("logits")

    def losses(self, samples: Samples) -> Tensor:
        """Raise `Unavailable`."""
        raise _unavailable("losses")

    def losses_after_step(self, batch: Samples, samples: Samples) -> Tensor:
        """Raise `Unavailable`."""
        raise _unavailable("losses")

    def gradients(self, samples: Samples) -> Tensor:
        """Raise `Unavailable`."""
        raise _unavailable("gradients")

    def mean_gradient(self, samples: Samples) -> Tensor:
        """Raise `Unavailable`."""
        raise _unavailable("gradients")

    def history(self, samples: Samples) -> History:
        """Raise `Unavailable`."""
        raise _unavailable("history")


def _unavailable(what: str) -> Unavailable:
    return Unavailable(f"an associative memory has no {what}")

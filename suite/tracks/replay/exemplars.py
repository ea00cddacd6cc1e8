"""Exemplars: samples as a buffer holds them, and what is recorded of them in training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from suite.lazy import torch

Places: TypeAlias = "torch.Tensor"
"""Places among samples, or slots of a buffer: int64 [K]."""


@dataclass(frozen=True)
class Exemplars:
    """Samples as the buffer stores them.

    Attributes:
        inputs: uint8 pixels [N, height, width, channels], or patterns [N, d] where the model is an associative memory.
        labels: [N], int64.
        rows: which sample of the stream each one is [N], int64; for the audit, and to tell samples apart.
    """

    inputs: torch.Tensor
    labels: torch.Tensor
    rows: torch.Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, places: torch.Tensor | slice) -> Exemplars:
        return Exemplars(self.inputs[places], self.labels[places], self.rows[places])


def joined(parts: Sequence[Exemplars]) -> Exemplars:
    """Return samples one after the other; there is at least one part."""
    return Exemplars(*(torch.cat([getattr(part, name) for part in parts]) for name in ("inputs", "labels", "rows")))


@dataclass(frozen=True)
class History:
    """The network's answers on each sample while it was trained on the task, in training mode, before each update.

    Attributes:
        margin_sum: sum over epochs of p(true) - max p(other) [N]: the area under the margin (AUM, Pleiss et al. 2020).
        forgotten: in how many epochs the sample was wrong after it had been right in the one before [N] (Toneva et al.
            2019).
        error_norm: sum over the first ten epochs of |p - onehot(y)| [N] (EL2N of Paul et al. 2021).
    """

    margin_sum: torch.Tensor
    forgotten: torch.Tensor
    error_norm: torch.Tensor

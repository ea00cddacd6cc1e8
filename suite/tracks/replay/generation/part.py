"""The images of one task of sequential generation."""

from __future__ import annotations

from dataclasses import dataclass

from suite.data.split import Split
from suite.data.transform import Transform


@dataclass(frozen=True)
class Part:
    """The images of a task.

    Attributes:
        split: which they are.
        label: of all of them, or None for their own.
        transform: what makes pixels of them and those the network's input; that of the diffusion if None.
    """

    split: Split
    label: int | None = None
    transform: Transform | None = None

"""Weights that come with the suite: files that say what they follow from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.hashing import digest

if TYPE_CHECKING:
    from torch import Tensor

IDENTITY = "identity"
"""The key of a file's metadata under which the hash of what its weights follow from stands."""


def fitting(file: Path | None, identity: Mapping[str, Any]) -> Path | None:
    """Return the file if it is there and its weights follow from this very identity, else None."""
    if file is None or not file.exists():
        return None
    from safetensors import safe_open

    with safe_open(file, framework="np") as opened:  # to look at a task takes no torch
        metadata = opened.metadata() or {}
    return file if metadata.get(IDENTITY) == digest(identity) else None


def read(file: Path) -> dict[str, Tensor]:
    """Return the weights of a file, in single precision."""
    from safetensors.torch import load_file

    return {name: value.float() for name, value in load_file(file).items()}


def write(file: Path, weights: Mapping[str, Tensor], identity: Mapping[str, Any]) -> None:
    """Write weights in half precision with what they follow from."""
    from safetensors.torch import save_file

    halves = {name: value.half().contiguous() for name, value in weights.items()}
    save_file(halves, file, metadata={IDENTITY: digest(identity)})

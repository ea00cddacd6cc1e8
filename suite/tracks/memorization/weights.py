"""Weights that come with the suite: files that say what they follow from.

A list beside them says what was written into each, as ``sha256sum`` does: ``sha256sum --check SHA256SUMS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.errors import Damaged
from suite.files import write_text_atomic
from suite.hashing import digest, file_digest

if TYPE_CHECKING:
    from torch import Tensor

LIST = "SHA256SUMS"
IDENTITY = "identity"
"""The key of a file's metadata under which the hash of what its weights follow from stands."""


def fitting(file: Path | None, identity: Mapping[str, Any]) -> Path | None:
    """Return the file if it is there and its weights follow from this very identity, else None.

    Raises:
        Damaged: it is not what was written.
    """
    if file is None or not file.exists():
        return None
    _check(file)
    from safetensors import safe_open

    with safe_open(file, framework="np") as opened:  # to look at a task takes no torch
        metadata = opened.metadata() or {}
    return file if metadata.get(IDENTITY) == digest(identity) else None


def _check(file: Path) -> None:
    listed = _listed(file.with_name(LIST))
    if file.name in listed and file_digest(file) != listed[file.name]:
        raise Damaged(
            "weights of the suite are damaged: their sha256 has changed",
            place=str(file),
            next="pip install --force-reinstall --no-deps basin-suite",
        )


def _listed(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    rows = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return {name: sha256 for sha256, name in rows}


def read(file: Path) -> dict[str, Tensor]:
    """Return the weights of a file, in single precision."""
    from safetensors.torch import load_file

    return {name: value.float() for name, value in load_file(file).items()}


def write(file: Path, weights: Mapping[str, Tensor], identity: Mapping[str, Any]) -> None:
    """Write weights in half precision with what they follow from, and name the file in the list."""
    from safetensors.torch import save_file

    halves = {name: value.half().contiguous() for name, value in weights.items()}
    save_file(halves, file, metadata={IDENTITY: digest(identity)})
    listed = {**_listed(file.with_name(LIST)), file.name: file_digest(file)}
    lines = "".join(f"{listed[name]}  {name}\n" for name in sorted(listed))
    write_text_atomic(file.with_name(LIST), lines)

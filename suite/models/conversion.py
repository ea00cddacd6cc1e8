"""Converts pickled checkpoints to safetensors: state dicts alone, in torch's reader that runs no code of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.errors import SuiteError, first_line
from suite.files import write_atomic

if TYPE_CHECKING:
    from torch import Tensor

WRAPPED = ("state_dict", "model", "model_state_dict", "net")
"""Keys under which training scripts put the state dict, beside optimiser and epoch."""
LEAST_TORCH = (2, 6)
"""Before it, torch's restricted reader could be made to run code (CVE-2025-32434)."""
Renaming = tuple[tuple[str, str], ...]
LAYOUTS: dict[str, Renaming] = {
    "openood": (
        (r"(layer\d\.\d)\.shortcut\.", r"\1.downsample."),  # ResNet18_32x32; others have torchvision's names already
        (r"^linear\.", "fc."),
    ),
    "plain": (),
}
"""How the names of a layout become those of the suite and timm: pattern and replacement, in this order."""


def convert(source: Path, target: Path, layout: str = "openood") -> list[str]:
    """Write the state dict of a checkpoint as safetensors, and return the names of its tensors. Nothing is overwritten.

    A prefix ``module.`` goes, which data-parallel training leaves.

    Raises:
        SuiteError: torch is too old, the file is no state dict, or the target is there already.
    """
    import torch
    from safetensors.torch import save_file

    if tuple(map(int, torch.__version__.split(".")[:2])) < LEAST_TORCH:
        raise SuiteError(
            f"torch {torch.__version__} cannot read pickled files safely",
            place=str(source),
            next="pip install 'torch>=2.6'",
        )
    if not source.is_file():
        raise SuiteError("the file does not exist", place=str(source), next="suite convert-weights FILE")
    if target.exists() or target.is_symlink():
        raise SuiteError(
            "the file exists, and is not overwritten", place=str(target), next="write to another file: --to FILE"
        )
    try:
        loaded = torch.load(source, map_location="cpu", weights_only=True)
    except Exception as error:  # unpickling raises whatever it meets
        raise SuiteError(
            f"the file is not a plain state dict. Nothing else is read from a pickle: {first_line(error)}",
            place=str(source),
            next="if you trust it, load it and save it again: torch.save(network.state_dict(), FILE)",
        ) from None
    state = {_renamed(name, layout): tensor for name, tensor in _state_dict(loaded, source).items()}
    tensors = {name: tensor.detach().clone().contiguous() for name, tensor in state.items()}  # none share memory
    write_atomic(target, lambda path: save_file(tensors, path))
    return list(tensors)


def _state_dict(loaded: Any, source: Path) -> Mapping[str, Tensor]:
    import torch

    inner = next((loaded[key] for key in WRAPPED if isinstance(loaded, Mapping) and key in loaded), loaded)
    named = isinstance(inner, Mapping) and all(isinstance(name, str) for name in inner)
    if not named or not inner or not all(isinstance(tensor, torch.Tensor) for tensor in inner.values()):
        raise SuiteError(
            f"the file holds {type(inner).__name__}. It must hold a state dict: a dict of names and tensors",
            place=str(source),
            next="save it again: torch.save(network.state_dict(), FILE)",
        )
    state: Mapping[str, Tensor] = inner
    return state


def _renamed(name: str, layout: str) -> str:
    name = name.removeprefix("module.")
    for pattern, replacement in LAYOUTS[layout]:
        name = re.sub(pattern, replacement, name)
    return name

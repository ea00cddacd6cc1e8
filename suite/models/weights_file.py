"""Files of weights: what a safetensors file holds, and how a pickled one is refused."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from suite.errors import SuiteError, first_line

if TYPE_CHECKING:
    from torch import Tensor

PICKLED = (b"\x80", b"PK\x03\x04")
"""How files of `torch.save` begin: a pickle, or a zip archive with one."""
SHOWN = 3


def read_weights(file: Path) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file by name, on the CPU.

    Raises:
        SuiteError: it is not there, is a pickle, is damaged, holds nothing, or holds what is not finite.
    """
    if not file.is_file():
        raise SuiteError("the file does not exist", place=f"--model {file}", next="suite run --model FILE.safetensors")
    with file.open("rb") as opened:
        start = opened.read(4)
    if start.startswith(PICKLED):
        raise SuiteError(
            "this is a pickled checkpoint. It can run code when it is read, so it is not read",
            place=str(file),
            next=f"suite convert-weights {shlex.quote(str(file))}",
        )
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        weights = load_file(file)
    except (SafetensorError, OSError, ValueError) as error:
        raise SuiteError(
            f"this is not a safetensors file: {first_line(error)}",
            place=str(file),
            next="write one: safetensors.torch.save_file(network.state_dict(), FILE)",
        ) from None
    if not weights:
        raise SuiteError(
            "the file has no tensors",
            place=str(file),
            next="save the network's weights: safetensors.torch.save_file(network.state_dict(), FILE)",
        )
    wrong = [name for name, tensor in weights.items() if tensor.is_floating_point() and not tensor.isfinite().all()]
    if wrong:
        raise SuiteError(
            f"{shown(wrong)} {'is' if len(wrong) == 1 else 'are'} not finite",
            place=str(file),
            next="check the training: a network with such weights gives no answers",
        )
    return weights


def check_fit(weights: Mapping[str, Tensor], wanted: Mapping[str, Tensor], architecture: str, file: Path) -> None:
    """Check that a file has the tensors of an architecture, each of its shape, and no others.

    Raises:
        SuiteError: it has not; the message names the first few.
    """
    missing, more = [n for n in wanted if n not in weights], [n for n in weights if n not in wanted]
    problem = ""
    if missing or more:
        lacks = f"the file lacks {shown(missing)}" if missing else ""
        has = f"has {shown(more)}, which the network does not have" if more else ""
        problem = " and ".join(part for part in (lacks, has if lacks or not has else f"the file {has}") if part)
    else:
        other = [name for name in wanted if weights[name].shape != wanted[name].shape]
        if other:
            name = other[0]
            shapes = f"{list(weights[name].shape)} in the file and {list(wanted[name].shape)} in the network"
            problem = f"{name} has the shape {shapes}{f', and {len(other) - 1} more differ' if other[1:] else ''}"
    if problem:
        raise SuiteError(
            f"the weights do not fit the architecture {architecture!r}: {problem}",
            place=str(file),
            next="give the architecture of the weights, and its arguments: --architecture, --argument",
        )


def shown(names: list[str]) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more

"""``suite convert-weights``."""

from __future__ import annotations

import enum
import shlex
from pathlib import Path
from typing import Annotated

import typer

from suite.cli.output import echo


class Layout(enum.StrEnum):
    """Whose names the tensors have."""

    openood = "openood"
    plain = "plain"


def convert_weights(
    file: Annotated[Path, typer.Argument(help="A checkpoint of torch.save: .pth, .pt or .ckpt.")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Where to write; FILE.safetensors beside it.")
    ] = None,
    layout: Annotated[Layout, typer.Option(help="openood renames its shortcuts; plain keeps names.")] = Layout.openood,
) -> None:
    """Write the state dict of a pickled checkpoint as safetensors, for suite run --model.

    Only plain state dicts are read, by torch's reader that runs no code of the file. Exit status: 0, or 2 if it is
    none.
    """
    from suite.models.conversion import convert

    target = to or file.with_suffix(".safetensors")
    names = convert(file, target, layout.value)
    echo(f"{len(names)} tensors are in {target}")
    echo(f"next: suite run --task TASK --model {shlex.quote(str(target))} --architecture NAME")

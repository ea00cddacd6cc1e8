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
    file: Annotated[Path, typer.Argument(help="A checkpoint from torch.save: .pth, .pt or .ckpt.")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="File to write. Default: FILE.safetensors.")
    ] = None,
    layout: Annotated[
        Layout, typer.Option(help="openood renames OpenOOD's shortcut layers. plain keeps all names.")
    ] = Layout.openood,
) -> None:
    """Convert a pickled checkpoint to safetensors, for `suite run --model`.

    The file must hold a plain state dict. No code in the file is run. Exit status: 0, or 2 if the file holds anything
    else.
    """
    from suite.models.conversion import convert

    target = to or file.with_suffix(".safetensors")
    names = convert(file, target, layout.value)
    echo(f"{len(names)} tensors are in {target}")
    echo(f"next: suite run --task TASK --model {shlex.quote(str(target))} --architecture NAME")

"""Whether code is still what it was: by the times of change of its files, and of the folders that hold them."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path


def stamps(packages: Collection[str]) -> dict[str, int]:
    """Return {path: time of change} of what is loaded of these packages, and of where packages are installed.

    Folders are in it since a file that comes or goes changes theirs.
    """
    files = {
        file
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in packages and (file := getattr(module, "__file__", None)) is not None
    }
    installed = {folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))}
    return {path: _stamp(path) for path in sorted(files | {str(Path(file).parent) for file in files} | installed)}


def changed(known: Mapping[str, int]) -> bool:
    """Tell whether a file or folder was changed since, or is gone."""
    return any(_stamp(path) != stamp for path, stamp in known.items())


def _stamp(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - called hundreds of times before each cell
    except OSError:
        return 0

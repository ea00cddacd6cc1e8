"""A method for the track of split_track.py that tells what it finds in its environment, by failing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import torch

from suite import Card, hookimpl

TRACK: Any = next(module for name, module in sys.modules.items() if name.startswith("suite_plugin_file_split_track"))


class Telling(TRACK.Guesser):  # type: ignore[misc]
    """Tells."""

    name = "telling"
    version = "1"
    card = Card(title="For the tests", status="baseline")

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Raise with the names of the variables that the suite and Ray read."""
        raise RuntimeError(f"found {sorted(name for name in os.environ if name.startswith(('SUITE_', 'RAY_')))}")


@hookimpl
def suite_register_methods(register: Callable[[type[Telling]], None]) -> None:
    """Register the method."""
    register(Telling)

"""The built-in methods of the quantization track, each in the module of its name."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from suite.discovery import modules_in
from suite.hookspecs import hookimpl

PEERS = {f"{__name__}.brevitas": "brevitas", f"{__name__}.torchao_int8": "torchao"}
"""Methods that are another library's, with that library; they are listed where it is installed."""


@hookimpl
def suite_register_methods(register: Callable[[str], None]) -> None:
    """Register every method of this folder, and those of other libraries that are installed."""
    for module in modules_in(__name__):
        if module not in PEERS or find_spec(PEERS[module]) is not None:
            register(module)

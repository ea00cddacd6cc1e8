"""The built-in methods of the OOD track."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from suite.contracts import Method
from suite.discovery import modules_in
from suite.hookspecs import hookimpl

PEER = "pytorch_ood"


@hookimpl
def suite_register_methods(register: Callable[[str | type[Method]], None]) -> None:
    """Register every method of this folder, and the detectors of pytorch-ood where that is installed."""
    for module in modules_in(__name__):
        if module != f"{__name__}.{PEER}":
            register(module)
    if find_spec(PEER) is not None:
        from .pytorch_ood import DETECTORS

        for detector in DETECTORS:
            register(detector)

"""The built-in methods of the basins track."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from suite.discovery import modules_in
from suite.hookspecs import hookimpl


@hookimpl
def suite_register_methods(register: Callable[[str], None]) -> None:
    """Register every method of this folder; VAMPnet where deeptime is installed."""
    for module in modules_in(__name__):
        if not module.endswith(".vampnet") or find_spec("deeptime"):
            register(module)

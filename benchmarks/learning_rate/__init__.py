"""The built-in tasks of the learning-rate track."""

from __future__ import annotations

from collections.abc import Callable

from suite.discovery import modules_in
from suite.hookspecs import hookimpl


@hookimpl
def suite_register_tasks(register: Callable[[str], None]) -> None:
    """Register every task of this folder."""
    for module in modules_in(__name__):
        register(module)

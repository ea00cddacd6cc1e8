"""The built-in tasks of the replay track."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl

TASKS: tuple[str, ...] = ()


@hookimpl
def suite_register_tasks(register: Callable[[str], None]) -> None:
    """Register every task of this folder."""
    for task in TASKS:
        register(f"{__name__}.{task}")

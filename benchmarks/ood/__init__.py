"""The built-in tasks of the OOD track."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl

TASKS = ("cifar10:CIFAR10Task", "digits:DigitsTask")


@hookimpl
def suite_register_tasks(register: Callable[[str], None]) -> None:
    """Register every task of this folder."""
    for task in TASKS:
        register(f"{__name__}.{task}")

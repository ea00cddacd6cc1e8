"""The built-in methods of the replay track."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl

METHODS: tuple[str, ...] = ()


@hookimpl
def suite_register_methods(register: Callable[[str], None]) -> None:
    """Register every method of this folder."""
    for method in METHODS:
        register(f"{__name__}.{method}")

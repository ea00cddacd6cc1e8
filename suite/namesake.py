"""Packages that can be called like the function of their name on the public screen.

``suite.run`` is a package, and ``suite.run(...)`` runs cells: whichever of the two is imported first, both work.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the function of the same name; see `suite.api`."""
        return getattr(import_module("suite.api"), self.__name__.rpartition(".")[2])(*arguments, **options)


def make_callable(package: str) -> None:
    """Let a package be called."""
    sys.modules[package].__class__ = _Callable

"""The libraries of the ``diffusion`` extra, which only some denoisers need."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from suite.errors import SuiteError

Library = Literal["diffusers", "transformers"]


def check_library(name: Library) -> None:
    """Check that a library is installed, without importing it.

    Raises:
        SuiteError: it is not.
    """
    if find_spec(name) is None:
        raise SuiteError(
            f"this diffusion model needs the {name} package, which is not installed",
            place=f"package {name!r}",
            next='pip install "basin-suite[diffusion]"',
        )


def required_library(name: Library) -> Any:
    """Return a library.

    Raises:
        SuiteError: it is not installed.
    """
    check_library(name)
    return import_module(name)

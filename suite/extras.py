"""Libraries of the extras, which only some tasks need."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from suite.errors import SuiteError

EXTRAS = {
    **{"diffusers": "diffusion", "transformers": "diffusion"},
    **{"mdtraj": "molecules", "openmm": "molecules", "mlflow": "mlflow", "limits": "server"},
    "ray": "ray",
}
"""The extra of basin-suite that brings each library; one without an extra is installed by its own name."""


def check_library(name: str) -> None:
    """Check that a library is installed, without importing it.

    Raises:
        SuiteError: it is not.
    """
    if find_spec(name) is None:
        raise SuiteError(
            f"the package {name} is not installed. This command needs it",
            place=f"package {name!r}",
            next=f"pip install 'basin-suite[{EXTRAS[name]}]'" if name in EXTRAS else f"pip install {name}",
        )


def required_library(name: str) -> Any:
    """Return a library.

    Raises:
        SuiteError: it is not installed.
    """
    check_library(name)
    return import_module(name)

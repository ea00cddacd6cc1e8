"""The scripts of the workflow that comments, which are no package: they run without the suite."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import pytest

from .test_workflows import GITHUB


@pytest.fixture
def script() -> Iterator[ModuleType]:
    """The script that posts; it imports the one that renders."""
    path = list(sys.path)
    sys.path.insert(0, str(GITHUB / "review"))
    yield import_module("post")
    sys.path[:] = path
    for name in ("post", "render"):
        sys.modules.pop(name, None)

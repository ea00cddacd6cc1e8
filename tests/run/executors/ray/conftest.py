"""Modules beside the tests, and a bench whose runs go to a cluster."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from nodes import running


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A cluster with two nodes that run cells."""
    with running(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster

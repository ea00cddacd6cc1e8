"""A store with everything that a site must show: settings, ties, references, failures, and names that mean mischief."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite.board.artifact import load_board
from suite.board.board import Board

from ..board.conftest import Store, fill

VARIED = "demo/varied"
FINE = {"precision": "fine", "amount": "few"}
COARSE = {"precision": "coarse", "amount": "few"}
MARKUP = "<img src=x onerror=alert(1)>"
SCRIPT = "</title><script>alert(1)</script>"
TURNED = "left\u202eright\x1b[31m"


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that no test changes."""
    store = Store(tmp_path_factory.mktemp("export") / "home")
    fill(store, "alpha", [0.9, 0.92, 0.89, 0.9, 0.91], task=VARIED, setting=FINE)
    fill(store, "beta", [0.9, 0.91, 0.9, 0.89, 0.92], task=VARIED, setting=FINE, parameters={"temperature": SCRIPT})
    fill(store, "delta", [0.4, 0.42, 0.39, 0.4, 0.41], task=VARIED, setting=FINE)
    fill(store, "chance", [0.1, 0.12, 0.09, 0.1, 0.11], task=VARIED, setting=FINE)
    fill(store, MARKUP, [0.5, 0.52, 0.49, 0.5, 0.51], task=VARIED, setting=FINE, facts={TURNED: SCRIPT})
    fill(store, "alpha", [0.7, 0.72], task=VARIED, setting=COARSE)
    fill(store, "alpha", [0.6, 0.62, 0.61, 0.6, 0.63])
    store.run("beta", 0, None)
    for seed, value in enumerate((0.3, 0.31, 0.29, 0.3, 0.32)):
        scores = {("accuracy", "near"): value, ("accuracy", "far"): value / 2, ("error", "near"): 1 - value}
        store.run("delta", seed, value, scores=scores)
    return store


@pytest.fixture(scope="session")
def board(store: Store) -> Board:
    return load_board(store.settings, store.registry)


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

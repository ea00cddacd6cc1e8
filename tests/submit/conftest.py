"""A submission with real results: one method on one small task, packed once and copied for every test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from suite.registry import Registry, load_registry
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.settings import Settings
from suite.store.reading import Reader
from suite.submit.pack import pack

from ..run.bench import Steps
from .desk import ABOUT, Desk

TASK, METHOD = "ood/digits", "ood/energy"


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, registry: Registry) -> Settings:
    """A home in which the method has run."""
    home = tmp_path_factory.mktemp("shop")
    settings = Settings(home=home, database=None, cache=shared_cache, data=None, weights=None, hub=False, device="cpu")
    summary = Runner(registry, settings, Steps(), "inline").run(Request((TASK,), (METHOD,), (0,)))
    assert summary.states == {"done": 1}
    return settings


@pytest.fixture(scope="session")
def packed(shop: Settings, registry: Registry) -> Path:
    """The submission, which no test may change."""
    reader = Reader(shop.database_url)
    runs = [reader.run(row.id) for row in reader.latest_runs()]
    reader.close()
    return pack(runs, shop, registry, shop.home / "energy-again", ABOUT, version="0.1.0", by="Ada Lovelace").folder


@pytest.fixture
def desk(packed: Path, tmp_path: Path, registry: Registry) -> Desk:
    """A copy of it, beside nothing else."""
    folder = tmp_path / "submissions" / packed.name
    shutil.copytree(packed, folder)
    return Desk(folder, registry)

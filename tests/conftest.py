"""Isolation for every test, and the places of the local mirror and the reference weights where they exist."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # two workers with a thread each, not with one per core each
os.environ["HF_HUB_OFFLINE"] = "1"  # read when the hub's library is first imported; no test may depend on a network

import hypothesis
import pytest
from threadpoolctl import threadpool_limits

from suite.cache import Cache
from suite.contracts import Resources
from suite.settings import Settings, load_settings

hypothesis.settings.register_profile("suite", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("suite")

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
MIRROR = Path(os.environ.get("SUITE_DATA") or SHARED / "data")
WEIGHTS = Path(os.environ.get("SUITE_WEIGHTS") or SHARED / "weights")


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the caller's, and a home of its own, for every test and the processes that it starts."""
    for name in list(os.environ):
        if name.startswith("SUITE_") and not name.startswith("SUITE_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SUITE_HOME", str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Back to one thread: a cell that ran in this process took its share of the cores, and left it to later tests."""
    yield
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_num_threads() != 1:
        torch.set_num_threads(1)
        threadpool_limits(1)


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that all tests of the session share, in every xdist worker: trained models and features."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "shared-cache"


@pytest.fixture
def settings(shared_cache: Path) -> Settings:
    """Settings with the shared cache, without mirror and hub."""
    return load_settings(cache=shared_cache, hub=False)


@pytest.fixture
def resources(settings: Settings) -> Resources:
    """Resources with the shared cache, without mirror and hub."""
    return Resources(settings, Cache(settings.cache_folder))


@pytest.fixture
def mirrored(shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of the local mirror and the reference weights; skips, saying so, where they are not at hand."""
    for path, variable in ((MIRROR, "SUITE_DATA"), (WEIGHTS, "SUITE_WEIGHTS")):
        if not path.is_dir():
            pytest.skip(f"{variable} is not set and there is no folder {path.name!r} beside the checkout")
        monkeypatch.setenv(variable, str(path.resolve()))
    return load_settings(cache=shared_cache)

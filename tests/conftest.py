"""Isolation for every test, the cache that they share, the command line, and the local mirror where there is one."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # two workers with a thread each, not with one per core each
# A cell in a test's own process has a thread for each core, and other tests have the cores: who waits does not spin.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "20")
os.environ["HF_HUB_OFFLINE"] = "1"  # read when the hub's library is first imported; no test may depend on a network

import hypothesis
import pytest
from threadpoolctl import threadpool_limits

from suite.contracts import Resources
from suite.settings import Settings, load_settings
from suite.store import opening
from suite.testing import cache

from .support.command import Suite
from .support.makers import TESTS, makers
from .support.stores import Blank, postgres_server, postgresql, sqlite, url  # noqa: F401 - fixtures

for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):  # under nohup, or behind a shell's &, they are ignored
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

# A busy machine is no failure. The slow stage asks for five times as many examples: --hypothesis-profile=thorough
hypothesis.settings.register_profile("suite", deadline=None, max_examples=50)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=250)
hypothesis.settings.load_profile("suite")

NUMBERS = count()
SHARED = TESTS.parent.parent / "shared"
for name, folder in (("DATA", "data"), ("WEIGHTS", "weights")):
    os.environ.setdefault(f"SUITE_TEST_{name}", os.environ.get(f"SUITE_{name}") or str(SHARED / folder))
for name in list(os.environ):  # no setting of the caller's, for tests and for the processes that they start
    if name.startswith("SUITE_") and not name.startswith("SUITE_TEST_"):
        del os.environ[name]
os.environ["SUITE_PUBLISHED"] = "0"  # what comes with the package is for the tests that are about it
cache.SOURCES[:] = makers()


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real data and a browser belong to the slow stage."""
    for item in items:
        if {"mirror", "browser"} & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave what lives as long as the process, millions of objects, out of all garbage collections: each took 0.7 s."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def _isolated(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A home of its own for every test and the processes that it starts.

    It is that of ``tmp_path`` where a test has one: thousands of folders for tests that write nothing take time.
    """
    if "tmp_path" in request.fixturenames:
        folder = request.getfixturevalue("tmp_path")
    else:
        folder = tmp_path_factory.getbasetemp() / f"homes-{next(NUMBERS)}"
    monkeypatch.setenv("SUITE_HOME", str(folder / "home"))


@pytest.fixture(scope="session")
def _blank(tmp_path_factory: pytest.TempPathFactory) -> Blank:
    return Blank(tmp_path_factory.getbasetemp() / "blank.db")


@pytest.fixture(autouse=True)
def _new_stores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _blank: Blank) -> None:
    """New stores are copies of an empty one, but in the tests of the store."""
    if TESTS / "store" not in request.path.parents:
        monkeypatch.setattr(opening, "create_if_missing", _blank.create_if_missing)


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
    """A cache that all tests share, in every xdist worker: trained models and features; see SUITE_TEST_CACHE."""
    return cache.shared_cache(tmp_path_factory)


@pytest.fixture(scope="session")
def resources(shared_cache: Path) -> Resources:
    """Resources with the shared cache, without mirror and hub."""
    return cache.resources(shared_cache)


@pytest.fixture(scope="session")
def settings(resources: Resources) -> Settings:
    """Settings with the shared cache, without mirror and hub."""
    return resources.settings


@pytest.fixture
def mirrored(shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of the local mirror and the reference weights; skips, saying so, where they are not at hand."""
    for variable in ("SUITE_DATA", "SUITE_WEIGHTS"):
        path = Path(os.environ[variable.replace("SUITE_", "SUITE_TEST_")])
        if not path.is_dir():
            pytest.skip(f"{variable} is not set and there is no folder {path.name!r} beside the checkout")
        monkeypatch.setenv(variable, str(path.resolve()))
    return load_settings(cache=shared_cache)


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the homes lie that tests have copies of."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture
def suite(monkeypatch: pytest.MonkeyPatch, _templates: Path) -> Suite:
    """The command line: ``suite("run", "--seed", "0")``; in this process unless ``process=True``."""
    return Suite(monkeypatch, _templates)

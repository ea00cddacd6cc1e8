"""Where tests keep shared artifacts: a folder of the session, or one that outlives it and is never stale."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import time
from importlib.metadata import distributions
from pathlib import Path

import pytest

import suite
from suite.cache import Cache
from suite.contracts import Resources
from suite.settings import load_settings

VARIABLE = "SUITE_TEST_CACHE"
ABOVE = ("api", "board", "cli", "leaderboard", "run", "testing")
"""Parts of the suite that nothing which makes an artifact may import; import-linter holds that."""
UNUSED_DAYS = 7
SOURCES: list[Path] = []
"""Further files that make artifacts, as a plugin's own tasks: a conftest.py adds them before the first test."""


def shared_cache(factory: pytest.TempPathFactory) -> Path:
    """Return the cache of all tests of a session, in every process of pytest-xdist: trained models, features.

    It is empty when a session starts, unless ``SUITE_TEST_CACHE`` names a folder. In there each state of the code has
    a folder of its own, `code_digest`, since the cache's keys name data, recipes and seeds, and no code.
    """
    kept = os.environ.get(VARIABLE)
    if kept:
        return _kept(Path(kept).expanduser().absolute(), code_digest())
    base = factory.getbasetemp()
    return (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "shared-cache"


def _kept(folder: Path, digest: str) -> Path:
    """Return the folder of this state of the code; those that were not used for a week go."""
    own = folder / digest
    own.mkdir(parents=True, exist_ok=True)
    own.touch()
    long_ago = time.time() - UNUSED_DAYS * 24 * 3600
    for other in folder.iterdir():
        if re.fullmatch(r"[0-9a-f]{16}", other.name) and other.stat().st_mtime < long_ago:
            shutil.rmtree(other, ignore_errors=True)
    return own


def code_digest() -> str:
    """Return the sha256 [16 hex digits] of all that artifacts follow from besides the cache's keys.

    That is the source of the suite and its tasks, `SOURCES`, the release of every installed distribution,
    and the kind of machine.
    """
    hasher = hashlib.sha256()
    for path in sorted({*_own_sources(), *SOURCES}):
        hasher.update(f"\0{path.name}\0".encode() + path.read_bytes())
    installed = sorted({f"{found.name}=={found.version}" for found in distributions()})
    hasher.update("\0".join([*installed, platform.python_version(), *platform.uname()[4:]]).encode())
    return hasher.hexdigest()[:16]


def resources(folder: Path) -> Resources:
    """Return resources on the CPU with this cache, without mirror and hub."""
    return Resources(load_settings(home=folder, cache=folder, hub=False), Cache(folder))


def _own_sources() -> set[Path]:
    package = Path(suite.__file__).parent
    beside = [Path(folder) / part for folder in suite.__path__ for part in ("benchmarks", "plugins")]
    above = [package / name for name in ABOVE] + [package / f"{name}.py" for name in ABOVE]
    found = {path for folder in (package, *beside) for path in folder.rglob("*.py")}
    return {path for path in found if not any(path.is_relative_to(place) for place in above)}

"""The cache that tests share: empty at first, or kept, and then never stale."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import suite
from suite.testing import cache

from ..support.makers import TESTS, makers


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that outlives the session."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


def copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the suite's sources appear to be a few files in this folder, laid out as in a checkout."""
    for name in ("suite/models/network.py", "suite/run/worker.py", "benchmarks/task.py", "plugins/method.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("VALUE = 1\n")
    monkeypatch.setattr(suite, "__file__", str(folder / "suite" / "__init__.py"))
    monkeypatch.setattr(suite, "__path__", [str(folder / "suite"), str(folder)])
    return folder


def test_without_the_variable_it_is_the_sessions(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    found = cache.shared_cache(tmp_path_factory)
    assert found.is_relative_to(tmp_path_factory.getbasetemp().parent)


def test_every_worker_and_the_next_session_get_the_same(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    one, other = (cache.shared_cache(tmp_path_factory) for _ in range(2))
    assert one == other
    assert one.parent == kept


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ("suite/models/network.py", True),
        ("benchmarks/task.py", True),
        ("plugins/method.py", True),
        ("suite/run/worker.py", False),
    ],
)
def test_what_makes_artifacts_has_a_folder_for_each_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str, counts: bool
) -> None:
    folder = copied(tmp_path, monkeypatch)
    before = cache.code_digest()
    (folder / changed).write_text("VALUE = 2\n")
    assert (cache.code_digest() != before) is counts


def test_a_file_that_is_moved_or_added_or_named_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copied(tmp_path, monkeypatch)
    states = [cache.code_digest()]
    (folder / "benchmarks" / "task.py").rename(folder / "benchmarks" / "other.py")
    states.append(cache.code_digest())
    (folder / "benchmarks" / "added.py").touch()
    states.append(cache.code_digest())
    further = tmp_path / "conftest.py"
    further.write_text("VALUE = 3\n")
    monkeypatch.setattr(cache, "SOURCES", [further])
    states.append(cache.code_digest())
    assert len(set(states)) == 4


def test_a_release_of_any_library_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.code_digest()
    found = [each for each in cache.distributions() if each.name != "torch"]
    monkeypatch.setattr(cache, "distributions", lambda: found)
    assert cache.code_digest() != before


def test_states_that_nobody_used_for_a_week_go(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    old, recent, foreign = (kept / name for name in ("0" * 16, "1" * 16, "notes"))
    for folder in (old, recent, foreign):
        folder.mkdir(parents=True)
    week_ago = time.time() - (cache.UNUSED_DAYS + 1) * 24 * 3600
    for folder in (old, foreign):
        cache.os.utime(folder, (week_ago, week_ago))
    current = cache.shared_cache(tmp_path_factory)
    assert set(kept.iterdir()) == {current, recent, foreign}


def test_what_tests_train_into_it_counts() -> None:
    names = {str(path.relative_to(TESTS)) for path in makers()}
    assert names >= {
        "assets/calibration_track.py",
        "benchmarks/ood/test_mnist.py",
        "benchmarks/replay/test_ddpm_cifar10.py",
        "tracks/replay/denoising/conftest.py",
    }
    assert len(names) < 50

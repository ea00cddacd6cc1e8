"""Provenance: code, packages and machine of every run; no environment variables, no credentials."""

from __future__ import annotations

import json
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest

from suite.run.provenance import git_revision

SECRET = "hunter2-s3cr3t"


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    done = subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one committed file."""
    folder = tmp_path / "repository"
    folder.mkdir()
    _git(folder, "init", "--quiet")
    (folder / "method.py").write_text("x = 1\n")
    _git(folder, "add", "method.py")
    _git(folder, "commit", "--quiet", "-m", "First")
    git_revision.cache_clear()
    return folder


def test_the_revision_of_a_tracked_file(repository: Path) -> None:
    commit = _git(repository, "rev-parse", "HEAD")
    assert git_revision(repository / "method.py") == {"origin": None, "commit": commit, "dirty": False}


def test_an_uncommitted_change_is_dirty(repository: Path) -> None:
    (repository / "method.py").write_text("x = 2\n")
    assert git_revision(repository / "method.py")["dirty"] is True


def test_a_file_that_a_surrounding_repository_does_not_track_has_no_revision(repository: Path) -> None:
    (repository / "venv").mkdir()
    (repository / "venv" / "installed.py").touch()
    assert git_revision(repository / "venv" / "installed.py") is None


def test_a_file_outside_of_any_repository_has_no_revision(tmp_path: Path) -> None:
    (tmp_path / "method.py").touch()
    assert git_revision(tmp_path / "method.py") is None


@pytest.mark.parametrize(
    ("remote", "origin"),
    [
        (f"https://user:{SECRET}@example.org/owner/name.git", "https://example.org/owner/name.git"),
        (f"https://{SECRET}@example.org/owner/name.git", "https://example.org/owner/name.git"),
        (f"https://user:{SECRET}@{SECRET}@example.org/name.git", "https://example.org/name.git"),
        (f"https://example.org/name.git?private_token={SECRET}", "https://example.org/name.git"),
        ("ssh://git@example.org:22/owner/name.git", "ssh://example.org:22/owner/name.git"),
        ("git@example.org:owner/name.git", "git@example.org:owner/name.git"),
        ("https://example.org/owner/name@2.git", "https://example.org/owner/name@2.git"),
    ],
)
def test_credentials_are_stripped_from_the_remote(repository: Path, remote: str, origin: str) -> None:
    _git(repository, "remote", "add", "origin", remote)
    found = git_revision(repository / "method.py")["origin"]
    assert found == origin
    assert SECRET not in found


def test_a_run_records_code_packages_and_machine(bench) -> None:
    bench.run("constant", seeds=(0,))
    environment = bench.runs()["constant", 0].environment
    suite = environment["suite"]
    assert (suite["distribution"], suite["version"]) == ("basin-suite", version("basin-suite"))
    if suite["git"] is not None:  # a checkout
        assert re.fullmatch(r"[0-9a-f]{40}", suite["git"]["commit"])
        assert isinstance(suite["git"]["dirty"], bool)
    assert environment["plugin"]["name"].startswith("fast_plugin")
    assert environment["packages"]["torch"] == version("torch")
    assert (environment["python"], environment["system"]) == (platform.python_version(), platform.platform())
    machine = environment["machine"]
    assert machine["memory_bytes"] == psutil.virtual_memory().total
    assert machine["logical_cores"] == psutil.cpu_count()
    assert machine["cpu"]


def test_no_environment_variable_reaches_the_store(bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("HF_TOKEN", SECRET)
    bench.run("constant", seeds=(0,))
    run = bench.runs()["constant", 0]
    assert SECRET not in json.dumps(run.environment)
    assert "PATH" not in run.environment
    for path in bench.home.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes()


def test_what_a_run_was_made_from_is_recorded(bench) -> None:
    (bench.home / "numbers.txt").write_text("1 2 3")
    bench.run("constant", seeds=(0,))
    run = bench.runs()["constant", 0]
    assert run.ingredients == json.loads(run.cell.identity)["ingredients"]
    assert list(run.ingredients) == ["data/numbers"]

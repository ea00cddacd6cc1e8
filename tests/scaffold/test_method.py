"""Every role of every track has a template, a whole package: its method registers, runs and holds its contract."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from suite.registry import load_registry
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.scaffold import Package, new_method
from suite.settings import Settings
from suite.submit import check
from suite.testing.method import DeclarationContract

from ..test_new_track import Silent

REGISTRY = load_registry()
ROLES = [(entry.name, role.name) for entry in REGISTRY.tracks for role in entry.value.roles]
EVERY = pytest.mark.parametrize(("track", "role"), ROLES, ids=["-".join(role) for role in ROLES])
FIRST = list(dict(reversed(ROLES)).items())  # of each track: a run takes long, and its roles share the protocol


def package(track: str, role: str, folder: Path, name: str = "first-try") -> Package:
    made = new_method(REGISTRY, name, track, role, folder / "package")
    made.write()
    return made


def own_tests(shared_cache: Path, *packages: Package) -> str:
    """Run the tests of packages as their author would, in one process, and return what pytest prints."""
    plain = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}  # of the run around it
    paths = os.pathsep.join([*(str(made.folder) for made in packages), plain.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(made.folder / "tests" for made in packages)],
        env={**plain, "SUITE_TEST_CACHE": str(shared_cache / "check"), "PYTHONPATH": paths},
        **{"cwd": packages[0].folder, "capture_output": True, "text": True, "timeout": 300, "check": False},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_contract_that_methods_may_derive_from_has_a_role() -> None:
    """But for the bounds of the replay track, which are the protocol's own."""
    for entry in REGISTRY.tracks:
        known = {contract for role in entry.value.roles for contract in role.checks}
        missing = [contract.__name__ for contract in entry.value.contracts if contract not in known]
        assert missing == (["Bound"] if entry.name == "replay" else [])


@EVERY
def test_its_method_registers_from_its_entry_point_and_a_small_task_takes_it(
    track: str, role: str, tmp_path: Path
) -> None:
    made = package(track, role, tmp_path)
    registry = load_registry((made.folder / made.module,))
    assert registry.failures == []
    method = registry.methods[f"{track}/first-try"]
    assert "PLACEHOLDER" in (method.card.authors or "")
    assert method.card.status == "baseline"
    for contract in next(each for each in registry.tracks[track].roles if each.name == role).checks:
        assert issubclass(method, contract)
    DeclarationContract().test_its_parameters_are_described_and_checked(method)
    task = registry.tasks[made.task]()
    assert task.declines(method, task.setting({})) == ""
    project = tomllib.loads((made.folder / "pyproject.toml").read_text())
    assert project["project"]["entry-points"]["suite"] == {"first-try": "first_try"}


@EVERY
def test_its_files_are_tidy_and_name_what_is_to_be_done(track: str, role: str, tmp_path: Path) -> None:
    made = package(track, role, tmp_path)
    files = ["LICENSE", "README.md", "first_try.py", "pyproject.toml", "submission.yaml", "tests/test_first_try.py"]
    assert sorted(made.files) == files
    for name, text in made.files.items():
        assert "{{" not in text, name
        assert "{%" not in text, name
        assert text.endswith("\n"), name
        assert max(map(len, text.splitlines())) <= 120, name
    assert "Put your own idea in" in made.files["first_try.py"]
    assert f"suite run --task {made.task} --method first-try" in made.files["README.md"]


@EVERY
def test_its_submission_is_one_but_for_who_sends_it(track: str, role: str, tmp_path: Path) -> None:
    made = package(track, role, tmp_path)
    folder = made.folder.rename(tmp_path / "first-try")
    for name in [name for name in made.files if name not in ("submission.yaml", "README.md", "LICENSE")]:
        (folder / name).unlink()
    (folder / "tests").rmdir()
    told = [str(problem) for problem in check(folder, REGISTRY, anew=True).problems]
    assert len(told) == 2, told
    assert all("PLACEHOLDER" in problem for problem in told)


def test_its_own_tests_pass(tmp_path: Path, shared_cache: Path) -> None:
    assert re.search(r"^\d+ passed, 1 skipped", own_tests(shared_cache, package("basins", "", tmp_path)), re.MULTILINE)


@pytest.mark.slow
def test_their_own_tests_pass_in_every_role(tmp_path: Path, shared_cache: Path) -> None:
    """In one process: to start one for each takes longer than the tests."""
    names = {f"{track}-{role}": (track, role) for track, role in ROLES}
    own_tests(shared_cache, *(package(*of, tmp_path / name, f"{name}-try") for name, of in names.items()))


@pytest.mark.slow
@pytest.mark.parametrize(("track", "role"), FIRST, ids=["-".join(role) for role in FIRST])
def test_it_runs_on_the_task_that_its_readme_names(track: str, role: str, tmp_path: Path, shared_cache: Path) -> None:
    made = package(track, role, tmp_path)
    files = (made.folder / made.module,)
    settings = Settings(home=tmp_path, cache=shared_cache, database=None, plugins=files, workers=2)
    request = Request((made.task,), (made.name,), seeds=(0,))
    assert Runner(load_registry(files), settings, Silent(), "inline").run(request).states == {"done": 1}


@pytest.mark.parametrize("name", ["detector", "batch", "test", "card"])
def test_a_class_hides_nothing_that_its_file_needs(name: str, tmp_path: Path) -> None:
    made = package("ood", "detector", tmp_path, f"{name}.1" if name == "test" else name)
    registry = load_registry((made.folder / made.module,))
    assert registry.failures == []
    assert made.name in registry.methods

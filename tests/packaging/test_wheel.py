"""What the wheel holds, and that it works where folders of the same names lie about."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

pytestmark = pytest.mark.packaging

LOCATIONS = """
import json, suite, suite.plugins, suite.plugins.ood, suite.benchmarks, suite.leaderboard, suite.registry
modules = (suite, suite.plugins, suite.plugins.ood, suite.benchmarks, suite.leaderboard, suite.registry)
print(json.dumps({module.__name__: module.__file__ for module in modules}))
"""


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def sources(folder: Path) -> set[str]:
    """Return the files of a folder, relative to it, but for what Python and compilers leave behind."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__" and not path.name.startswith(".")
    }


@pytest.mark.parametrize("package", ["plugins", "benchmarks", "leaderboard", "submissions"])
def test_the_folders_beside_suite_are_packages_inside_it(names: set[str], checkout: Path, package: str) -> None:
    found = {name.removeprefix(f"suite/{package}/") for name in names if name.startswith(f"suite/{package}/")}
    assert found == sources(checkout / package)


def test_everything_of_suite_is_there(names: set[str], checkout: Path) -> None:
    assert sources(checkout / "suite") <= {name.removeprefix("suite/") for name in names if name.startswith("suite/")}


@pytest.mark.parametrize(
    "name",
    [
        "suite/py.typed",
        "suite/store/migrations/env.py",
        "suite/store/migrations/script.py.mako",
        "suite/store/migrations/versions/0001_first.py",
        "suite/plugins/ood/msp.py",
        "suite/benchmarks/ood/digits.py",
    ],
)
def test_what_is_easily_forgotten_is_there(names: set[str], name: str) -> None:
    assert name in names


def test_nothing_else_is_there(names: set[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"suite"}
    own = [name for name in names if not name.startswith(("suite/submissions/", "suite/board/ready/"))]
    assert not [name for name in own if "tests" in name.split("/") or name.endswith((".pyc", ".db", ".parquet"))]


def test_the_published_results_are_there_and_not_large(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        published = [each for each in archive.infolist() if each.filename.startswith("suite/submissions/")]
    assert "suite/submissions/basin-suite/results/manifest.json" in {each.filename for each in published}
    assert sum(each.file_size for each in published) < 20 * 2**20


def test_the_licence_and_the_entry_points_are_there(wheel: Path, checkout: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (licence,) = (name for name in archive.namelist() if name.endswith(".dist-info/licenses/LICENSE"))
        assert archive.read(licence) == (checkout / "LICENSE").read_bytes()
        information = licence.split("/")[0]
        metadata = message_from_string(archive.read(f"{information}/METADATA").decode())
        points = archive.read(f"{information}/entry_points.txt").decode()
    project = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]
    assert (metadata["Name"], metadata["Version"]) == (project["name"], project["version"])
    assert metadata["License-Expression"] == project["license"]
    for name, value in project["entry-points"]["suite"].items():
        assert f"{name} = {value}\n" in f"{points}\n"


@pytest.mark.parametrize("first", ["the wheel first", "the other project first"])
def test_folders_of_the_same_names_do_not_shadow_it(installed: Path, shadowing: Path, first: str) -> None:
    path = [installed, shadowing] if first == "the wheel first" else [shadowing, installed]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    located = run("-c", LOCATIONS, cwd=shadowing, env=environment)
    for name, file in json.loads(located.stdout).items():
        assert Path(file).is_relative_to(installed / "suite"), f"{name} comes from {file}"

    listed = run("-m", "suite", "methods", "--strict", "--format", "json", cwd=shadowing, env=environment)
    assert "msp" in {row["method"] for row in json.loads(listed.stdout)}
    plugins = run("-m", "suite", "plugins", "--strict", "--format", "json", cwd=shadowing, env=environment)
    assert {row["distribution"] for row in json.loads(plugins.stdout)} == {"basin-suite"}


def test_the_migrations_of_the_wheel_make_a_store(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    run("-m", "suite", "db", "upgrade", cwd=tmp_path, env=environment)
    assert "schema" in run("-m", "suite", "db", "status", cwd=tmp_path, env=environment).stdout
    assert (Path(os.environ["SUITE_HOME"]) / "suite.db").is_file()


def run(*arguments: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done

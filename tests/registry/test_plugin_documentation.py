"""docs/plugins.md is what the code is: its hooks, its examples and its commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import suite.testing
from suite import hookspecs
from suite.registry import HOOKS, load_registry

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PACKAGE = CHECKOUT / "tests" / "assets" / "example-plugin"
TEXT = (CHECKOUT / "docs" / "plugins.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```python\n# (\w+\.py)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
COMMANDS = re.findall(r"^```console\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder with the files of the page, and the task that it refers to."""
    folder = tmp_path / "reader"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    shutil.copy(PACKAGE / "basin_suite_example" / "gaussians.py", folder)
    return folder


def test_the_table_of_hooks_is_the_hookspecs() -> None:
    table = re.findall(r"^\| `(suite_\w+)` \| (.*) \|$", TEXT, re.MULTILINE)
    assert table == [(name, " ".join((getattr(hookspecs, name).__doc__ or "").split())) for name in HOOKS]


def test_every_hook_has_an_example_and_no_other_is_mentioned() -> None:
    task = (PACKAGE / "basin_suite_example" / "gaussians.py").read_text(encoding="utf-8")
    shown = set(re.findall(r"^def (suite_\w+)\(", "\n".join([*FILES.values(), task]), re.MULTILINE))
    assert shown == set(HOOKS)
    assert set(re.findall(r"suite_register_\w+", TEXT)) == set(HOOKS)


def test_the_method_and_the_package_are_those_of_the_example() -> None:
    assert FILES["feature_norm.py"] == (PACKAGE / "basin_suite_example" / "feature_norm.py").read_text(encoding="utf-8")
    (package,) = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert package == (PACKAGE / "pyproject.toml").read_text(encoding="utf-8")


def test_every_path_that_is_named_exists() -> None:
    named = re.findall(r"`((?:tests|benchmarks|plugins|docs)/[\w./-]+)`", TEXT)
    assert named
    assert [path for path in named if not (CHECKOUT / path).exists()] == []


def test_the_files_of_the_page_are_whole_plugins(written: Path) -> None:
    others = ("about_page.py", "test_feature_norm.py")
    registry = load_registry(tuple(written / name for name in FILES if name not in others))
    assert registry.failures == []
    files = [plugin for plugin in registry.plugins if plugin.distribution == "(file)"]
    assert {plugin.name: plugin.registered for plugin in files} == {
        "feature_norm.py": ["method ood/example-feature-norm"],
        "guessing.py": ["track guessing", "method guessing/mean-guess", "task guessing/dice"],
        "announcing.py": ["executor announcing"],
        "about.py": ["page about"],
        "diary.py": ["listener diary"],
    }


def test_the_page_runs(written: Path) -> None:
    from streamlit.testing.v1 import AppTest

    page = AppTest.from_file(str(written / "about_page.py")).run()
    assert not page.exception
    assert [title.value for title in page.title] == ["About us"]


@pytest.mark.slow
def test_the_inherited_checks_run_as_a_stranger_would(written: Path) -> None:
    """Its method holds its contract; one that adds what it draws at random does not, and is told."""
    method, checks = (
        FILES[name].replace("feature_norm", "noisy") for name in ("feature_norm.py", "test_feature_norm.py")
    )
    noisy = method.replace("dim=1)", "dim=1) * torch.rand(1)").replace("from pydantic", "import torch\nfrom pydantic")
    (written / "noisy.py").write_text(noisy)
    (written / "test_noisy.py").write_text(checks)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_feature_norm.py", "test_noisy.py"]
    plain = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}  # of the run around it
    done = subprocess.run(command, cwd=written, env=plain, capture_output=True, text=True, timeout=300, check=False)
    failed = set(re.findall(r"^FAILED (\w+)\.py::\w+::(\w+)", done.stdout, re.MULTILINE))
    assert failed >= {  # noise may also move the AUROC that rounding must not
        ("test_noisy", "test_the_same_seed_gives_the_same_answer"),
        ("test_noisy", "test_a_score_does_not_depend_on_its_batch"),
        ("test_noisy", "test_one_sample_has_the_score_that_it_has_among_others"),
    }, done.stdout + done.stderr
    assert {name for name, _ in failed} == {"test_noisy"}, done.stdout + done.stderr


def test_every_contract_is_in_the_table() -> None:
    section = TEXT.split("## Checks that you inherit")[1].split("\n## ")[0]
    named = re.findall(r"`(\w+Contract)`", "".join(re.findall(r"^\| (.*?) \|", section, re.MULTILINE)))
    assert sorted(named) == sorted(suite.testing.__all__)


@pytest.mark.slow
def test_the_commands_work_in_the_order_of_the_page(written: Path, shared_cache: Path) -> None:
    lines = "".join(COMMANDS).splitlines()
    assert len(lines) > 10
    assert [line for line in lines if not line.startswith("$ ")] == []
    script = "\n".join("(\n" + re.sub(r"^\$ ", "", block, flags=re.MULTILINE) + ")" for block in COMMANDS)
    scripts = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", "-euxc", script],
        cwd=written,
        env={**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "SUITE_CACHE": str(shared_cache)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning:" not in done.stderr

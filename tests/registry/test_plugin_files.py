"""A plugin can be a file: no package, no installation."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from suite.registry import load_registry
from suite.settings import load_settings

ASSETS = Path(__file__).resolve().parent.parent / "assets"
FEATURE_NORM = ASSETS / "example-plugin" / "basin_suite_example" / "feature_norm.py"
GAUSSIANS = FEATURE_NORM.with_name("gaussians.py")


def test_the_files_of_the_example_package_work_alone() -> None:
    registry = load_registry((FEATURE_NORM, GAUSSIANS))
    assert registry.failures == []
    entry = registry.method("ood", "example-feature-norm")
    assert (entry.plugin.name, entry.plugin.distribution) == ("feature_norm.py", "(file)")
    assert entry.plugin.origin == str(FEATURE_NORM)
    assert "ood/example-gaussians" in registry.tasks


def test_files_of_one_name_are_two_plugins_and_a_file_named_twice_is_one(tmp_path: Path) -> None:
    other = tmp_path / "feature_norm.py"
    other.write_text("")
    registry = load_registry((FEATURE_NORM, other, FEATURE_NORM))
    assert registry.failures == []
    assert [plugin.name for plugin in registry.plugins[-2:]] == [str(FEATURE_NORM), str(other)]


def test_a_file_is_loaded_after_what_is_installed_and_cannot_take_its_names() -> None:
    registry = load_registry((ASSETS / "broken-plugins" / "broken_duplicate.py",))
    assert registry.method("ood", "msp").plugin.distribution == "basin-suite"
    assert registry.plugins[-1].status == "partial"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "FileNotFoundError: the plugin file "),
        ("def f(:\n", "SyntaxError: "),
        ("x = 1 / 0\n", "ZeroDivisionError"),
    ],
    ids=["missing", "syntax error", "raises"],
)
def test_a_file_that_cannot_be_loaded_is_a_failure(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "odd.py"
    if text is not None:
        path.write_text(text)
    registry = load_registry((path, FEATURE_NORM))
    (failure,) = registry.failures
    assert failure.message.startswith(message)
    assert failure.origin == str(path)
    assert "ood/example-feature-norm" in registry.methods


@pytest.mark.parametrize(
    "hook",
    [
        "functools.cache(suite_register_methods)",
        "hookimpl(functools.partial(suite_register_methods))",
        "hookimpl(type('Hook', (), {'__call__': lambda self, register: suite_register_methods(register)})())",
    ],
    ids=["cached", "partial", "object"],
)
def test_a_marked_hook_that_is_no_function_is_called_or_refused(tmp_path: Path, hook: str) -> None:
    path = tmp_path / "odd.py"
    path.write_text(f"{FEATURE_NORM.read_text()}\nimport functools\nsuite_register_methods = {hook}\n")
    registry = load_registry((path,))
    refused = [failure.message.partition(",")[0] for failure in registry.failures]
    if "ood/example-feature-norm" in registry.methods:  # pluggy calls what 1.6 cached, and 1.7 does not
        assert refused == []
    else:
        (message,) = refused
        assert re.fullmatch(r"LookupError: suite_register_methods is a \w+", message)


def test_a_file_that_is_not_python_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    (failure,) = load_registry((path,)).failures
    assert failure.message == f"ImportError: {path} is not a Python file"


def test_the_environment_names_files_as_path_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_PLUGINS", os.pathsep.join(map(str, (FEATURE_NORM, GAUSSIANS))))
    assert load_settings().plugins == (FEATURE_NORM, GAUSSIANS)

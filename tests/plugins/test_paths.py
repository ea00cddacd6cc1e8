"""The path rule: a built-in method or task lies at the path of its name, and every public module registers one."""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import suite
from suite.discovery import modules_in
from suite.plugins.quantization import PEERS
from suite.registry import Entry, load_registry

REGISTRY = load_registry()
TRACKS = [entry.name for entry in REGISTRY.tracks if entry.plugin.distribution == "basin-suite"]
METHODS = [entry for entry in REGISTRY.methods if entry.plugin.distribution == "basin-suite"]
TASKS = [entry for entry in REGISTRY.tasks if entry.plugin.distribution == "basin-suite"]
ROOT = Path(suite.__file__).resolve().parents[1]
PARTS = ("plugins", "benchmarks")
SOURCES = [path for part in PARTS for path in sorted((ROOT / part).rglob("*.py"))]


def module_of(name: str) -> str:
    """Return the module path that a name stands for: dashes and dots are underscores, slashes folders."""
    return re.sub(r"[-.]", "_", name).replace("/", ".")


@pytest.mark.parametrize("entry", METHODS, ids=lambda entry: entry.name)
def test_a_method_lies_at_the_path_of_its_name(entry: Entry[Any]) -> None:
    """One of another library, as ``library/name``, lies in the library's folder, or in a plugin's ``_library``."""
    track, _, name = entry.name.partition("/")
    library, slash, _ = name.rpartition("/")
    folder = f"suite.plugins.{module_of(track)}."
    if slash:
        in_folder, in_plugin = f"{folder}{module_of(library)}.", f"{folder}_{module_of(library)}"
        assert entry.value.__module__.startswith(in_folder) or entry.value.__module__ == in_plugin
    else:
        assert entry.value.__module__ == folder + module_of(name)


@pytest.mark.parametrize("entry", TASKS, ids=lambda entry: entry.name)
def test_a_task_lies_at_the_path_of_its_id(entry: Entry[Any]) -> None:
    assert entry.value.__module__ == f"suite.benchmarks.{module_of(entry.name)}"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("track", TRACKS)
def test_every_public_module_registers_one_class(track: str, part: str) -> None:
    """But a library's package, which holds all that is named after it, and what wraps a library that is not there."""
    entries = [entry for entry in (METHODS if part == "plugins" else TASKS) if entry.name.startswith(f"{track}/")]
    names = [entry.name.removeprefix(f"{track}/") for entry in entries]
    package = f"suite.{part}.{module_of(track)}"
    libraries = {f"{package}.{module_of(name.rpartition('/')[0])}" for name in names if "/" in name}
    own = [f"{package}.{module_of(name)}" for name in names if "/" not in name]
    absent = {module for module, library in PEERS.items() if find_spec(library) is None}
    assert sorted(set(modules_in(package)) - libraries - absent) == sorted(own)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_class_is_made_by_a_call_of_type(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    made = [call.lineno for call in calls if getattr(call.func, "id", "") == "type" and len(call.args) == 3]
    assert not made, f"{path.relative_to(ROOT)} makes a class by type() in line {made[0]}"

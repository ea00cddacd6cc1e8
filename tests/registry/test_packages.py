"""Plugins of a folder of packages: it comes last, but for a distribution that Python has elsewhere too."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from suite.discovery import PACKAGES, Plugin, installed_plugins


def install(folder: Path, name: str, *modules: str, entry: str = "") -> Path:
    """Lay down a distribution of modules that know where they lie, with an entry point if ``entry`` names a module."""
    metadata = folder / f"{name.replace('-', '_')}-1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (metadata / "RECORD").write_text("".join(f"{module}.py,,\n" for module in modules))
    if entry:
        (metadata / "entry_points.txt").write_text(f"[suite]\n{entry} = {entry}\n")
    for module in modules:
        (folder / f"{module}.py").write_text(f"PLACE = {str(folder)!r}\n")
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which Python looks first; what a plugin changes of how it looks is put back."""
    monkeypatch.setattr(sys, "path", [str(tmp_path / "elsewhere"), *sys.path])
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.setenv(PACKAGES, str(tmp_path / "packages"))
    yield tmp_path / "elsewhere"
    for name in ("pkg_own", "pkg_beside", "pkg_other"):
        sys.modules.pop(name, None)


def load(name: str) -> list[tuple[Plugin, object]]:
    return [(plugin, load()) for plugin, load in installed_plugins() if plugin.distribution == name]


def place(module: str) -> Path:
    found = importlib.util.find_spec(module)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def test_of_a_distribution_that_python_has_too_the_one_in_the_folder_counts(tmp_path: Path, elsewhere: Path) -> None:
    packages = install(tmp_path / "packages", "pkg-own", "pkg_own", "pkg_beside", entry="pkg_own")
    install(elsewhere, "pkg-own", "pkg_own", "pkg_beside", entry="pkg_own")
    ((plugin, module),) = load("pkg-own")
    assert plugin.folder == packages
    assert vars(module)["PLACE"] == str(packages)
    assert place("pkg_beside") == packages


def test_it_hides_no_module_of_another_one_and_none_of_python(tmp_path: Path, elsewhere: Path) -> None:
    install(tmp_path / "packages", "pkg-own", "pkg_own", "pkg_other", "this", entry="pkg_own")
    install(elsewhere, "pkg-own", "pkg_own", entry="pkg_own")
    install(elsewhere, "pkg-other", "pkg_other")
    load("pkg-own")
    assert place("pkg_other") == elsewhere
    assert place("this") == Path(os.__file__).parent


def test_where_python_does_not_have_it_the_folder_comes_last(tmp_path: Path, elsewhere: Path) -> None:
    packages = install(tmp_path / "packages", "pkg-own", "pkg_own", "pkg_other", entry="pkg_own")
    install(elsewhere, "pkg-other", "pkg_other")
    load("pkg-own")
    assert place("pkg_other") == elsewhere
    assert sys.path[-1] == str(packages)

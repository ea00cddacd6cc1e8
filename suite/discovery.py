"""Finds plugins: entry points of installed distributions, and single files. Imports none of them."""

from __future__ import annotations

import importlib.util
import json
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.metadata import (
    Distribution,
    EntryPoint,
    PackageNotFoundError,
    distribution,
    distributions,
    packages_distributions,
)
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from suite import hookspecs
from suite.hashing import digest

FILE = "(file)"
"""The distribution of a plugin that is a file."""


@dataclass(frozen=True)
class Failure:
    """Something that a plugin got wrong; ``traceback`` is empty where nothing was raised."""

    plugin: str
    distribution: str
    version: str
    origin: str
    stage: str
    message: str
    traceback: str = ""


@dataclass
class Plugin:
    """One entry point or plugin file, and what came of it."""

    name: str
    distribution: str
    version: str
    origin: str
    hooks: list[str] = field(default_factory=list)
    registered: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    folder: Path | None = None  # of its packages, if Python does not look there

    @property
    def status(self) -> str:
        """``ok``, ``partial`` (something was registered and something failed) or ``failed``."""
        if not self.failures:
            return "ok"
        return "partial" if self.registered else "failed"


Loadable = tuple[Plugin, Callable[[], object]]
"""A plugin and what loads it."""
OWN = "basin-suite"
PACKAGES = "BASIN_SUITE_PACKAGES"
"""The environment variable that names further folders of installed packages, as `suite submit run` makes them."""


def installed_plugins() -> list[Loadable]:
    """Return each entry point's plugin and what loads it, the suite's own first, then by name.

    The order decides only who keeps a name that two plugins claim. Editable installs can list a distribution twice.
    A distribution whose metadata cannot be read is a plugin that fails to load. Plugins in the folders of `PACKAGES`
    come with these folders; where one of them is loaded, its folder becomes the last one in which Python looks. Of a
    distribution that lies in such a folder, the one there counts, and not what Python has of it besides.
    """
    found: dict[tuple[bool, str, str], Loadable] = {}
    taken: set[str] = set()  # distributions of the folders, which come first
    for folder, installed in _distributions():
        try:
            points = installed.entry_points.select(group=hookspecs.ENTRY_POINT_GROUP)
            name, version = (installed.name or "nameless", installed.version or "") if points else ("", "")
        except Exception as error:
            name = _folder(installed)
            found.setdefault((True, name, ""), (Plugin(name, name, "", name), partial(_raise, error)))
            continue
        for point in points:
            own = name == OWN and folder is None
            if folder is not None:
                taken.add(name)
            elif name in taken and not own:
                continue
            plugin = Plugin(point.name if own else f"{name}:{point.name}", name, version, point.value, folder=folder)
            load = partial(_load_from, folder, point) if folder else point.load
            found.setdefault((not own, name, point.name), (plugin, load))
    return [found[key] for key in sorted(found)]


def _distributions() -> Iterator[tuple[Path | None, Distribution]]:
    for folder in filter(None, os.environ.get(PACKAGES, "").split(os.pathsep)):
        yield from ((Path(folder), found) for found in distributions(path=[folder]))
    yield from ((None, found) for found in distributions())


def _load_from(folder: Path, point: EntryPoint) -> object:
    """Load a plugin of a folder that comes last: nothing in it hides a module, and no line of a .pth file is run.

    But for another installation of the same distribution: its modules are those of the folder.
    """
    before = [path for path in sys.path if path != str(folder)]
    if point.dist is not None and any(distributions(name=point.dist.name, path=before)):
        sys.meta_path.insert(0, _Release(folder, _modules(point.dist)))
    sys.path[:] = [*before, str(folder)]
    return point.load()


class _Release(MetaPathFinder):
    """Finds some top-level modules in a folder, whatever Python has of the same names."""

    def __init__(self, folder: Path, names: frozenset[str]) -> None:
        self._folder, self._names = str(folder), names

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return where a module lies; None for all others."""
        return PathFinder.find_spec(name, [self._folder]) if name in self._names else None


def _modules(of: Distribution) -> frozenset[str]:
    """Return the top-level modules of a distribution that no other one and not Python itself has."""
    owners = packages_distributions()
    names = {file.parts[0].removesuffix(".py") for file in of.files or () if file.suffix == ".py"}
    return frozenset(name for name in names - sys.stdlib_module_names if {*owners.get(name, ())} <= {of.name})


def _folder(installed: Distribution) -> str:
    return str(getattr(installed, "_path", "a distribution"))  # the name and version may be what is damaged


def _raise(error: Exception) -> None:
    raise error


def modules_in(package: str) -> list[str]:
    """Return the public modules and packages that lie in a package, as full names in order; imports none of them.

    A hook that registers each of them registers the class that each is named after.
    """
    folders = sys.modules[package].__path__
    return [f"{package}.{found.name}" for found in pkgutil.iter_modules(folders) if not found.name.startswith("_")]


def plugin_files(paths: Sequence[Path]) -> list[Loadable]:
    """Return the plugin of each file and what loads it; a file that is named twice counts once."""
    unique = list(dict.fromkeys(path.resolve() for path in paths))
    shared = [path.name for path in unique]
    names = [path.name if shared.count(path.name) == 1 else str(path) for path in unique]
    return [
        (Plugin(name, FILE, "", str(path)), partial(_load_file, path)) for name, path in zip(names, unique, strict=True)
    ]


class _Uncached(SourceFileLoader):
    """Compiles the file as it is now: cached byte code is also taken for a file that was edited within a second."""

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the source."""
        return self.source_to_code(self.get_data(self.path), self.path)


def file_module(path: Path) -> str:
    """Return the name of the module that a plugin file, by its resolved path, is loaded as."""
    return f"suite_plugin_file_{path.stem}_{digest(str(path))[:8]}"


def _load_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise FileNotFoundError(f"the plugin file {path} does not exist")
    name = file_module(path)
    if path.suffix != ".py":
        raise ImportError(f"{path} is not a Python file")
    loader = _Uncached(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None, "a loader was given"
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pickling and dataclasses look a class's module up
    loader.exec_module(module)
    return module


@lru_cache
def is_editable(name: str) -> bool:
    """Tell whether a distribution is installed in editable mode, so that its code can change under its version."""
    return bool(direct_url(name).get("dir_info", {}).get("editable", False))


@lru_cache
def direct_url(name: str) -> dict[str, Any]:
    """Return what an installer noted of where a distribution came from; nothing if it did not."""
    try:
        text = distribution(name).read_text("direct_url.json")
    except PackageNotFoundError:
        text = None
    document: dict[str, Any] = json.loads(text) if text else {}
    return document

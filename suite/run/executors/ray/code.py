"""Which code a process would run cells with: what has to be the same on every node. Imports no plugin."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from suite.discovery import OWN, Plugin, installed_plugins, is_editable
from suite.hashing import digest, file_digest
from suite.settings import Settings

PACKAGES = ("suite", "suite.plugins", "suite.benchmarks")
BESIDE = ("plugins", "benchmarks", "leaderboard", "submissions", "__pycache__")
"""Folders in the package of a release, and beside it in a checkout: looked at by themselves, or not at all."""
TOOLS = ("test", "dev", "server", "mlflow")
"""Extras of which no cell uses anything."""
ASIDE = {"alembic", "altair", "jinja2", "markupsafe", "rich", "streamlit", "typer"}
"""What the suite needs for its store, its pages and its command line, which no node has to do with."""


def code(settings: Settings) -> dict[str, str]:
    """Return, by what it is of, the versions of Python and packages, and digests of the suite and of plugins.

    Packages are those that cells and plugins need, if they are installed. Of a plugin that is installed
    in editable mode the folder counts too: the method's process may read it there.
    """
    from packaging.utils import canonicalize_name

    plugins = [plugin for plugin, _ in installed_plugins() if plugin.name not in settings.disabled_plugins]
    foreign = {plugin.distribution: plugin for plugin in plugins if plugin.distribution != OWN}
    needed: dict[str, str] = {}
    for name in (OWN, *foreign):
        _add_needed(canonicalize_name(name), needed)
    return {
        "Python": platform.python_version(),
        **({"the container engine": _engine()} if settings.container else {}),
        "the source of basin-suite": digest(sorted(_suite_files())),
        **{f"the plugin package {name}": _source(name, plugin) for name, plugin in sorted(foreign.items())},
        **dict(sorted(needed.items())),
    }


def differences(here: dict[str, str], there: dict[str, str]) -> list[str]:
    """Return in words what is not there as it is here; what is there besides does no harm."""
    return [
        f"{name} is {_short(there.get(name, 'missing'))} there and {_short(value)} here"
        for name, value in here.items()
        if there.get(name) != value
    ]


def _engine() -> str:
    from suite.run.split.confinement.container import find_engine

    engine = find_engine()
    return engine.name if engine else "missing"


def _short(value: str) -> str:
    return value if len(value) < 64 else f"{value[:12]}…{value[64:]}"  # a digest, and what follows it


def _suite_files() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        spec = find_spec(package)
        for folder in map(Path, (spec.submodule_search_locations or ()) if spec else ()):
            for top in sorted(folder.iterdir()):
                if top.name not in BESIDE:
                    yield from ((f"{package}/{name}", found) for name, found in _digests(top, folder))


def _digests(path: Path, root: Path) -> Iterator[tuple[str, str]]:
    for file in [path] if path.is_file() else path.rglob("*"):
        if file.is_file() and file.suffix != ".pyc":
            yield str(file.relative_to(root)), file_digest(file)


def _source(name: str, plugin: Plugin) -> str:
    """Return the digest of the top-level package of a plugin, and where it lies if it is editable."""
    spec = find_spec(plugin.origin.partition(":")[0].partition(".")[0])
    if spec is None:
        return "missing"
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    found = [each for folder in folders for each in _digests(folder, folder)]
    if not folders and spec.origin:
        found = [(Path(spec.origin).name, file_digest(Path(spec.origin)))]
    place = f" in {folders[0] if folders else spec.origin}" if is_editable(name) else ""
    return f"{digest(sorted(found))}{place}"


def _add_needed(name: str, known: dict[str, str]) -> None:
    """Add the version of a distribution and of those that it needs, with what its extras bring; what is installed."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name in known or name in ASIDE:
            continue
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        known[name] = found.version
        extras = [extra for extra in found.metadata.get_all("Provides-Extra") or () if extra not in TOOLS]
        for wanted in map(Requirement, found.requires or ()):
            marker = wanted.marker
            own = extras if name == OWN else []  # of others only what they cannot do without
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *own)):
                waiting.append(canonicalize_name(wanted.name))

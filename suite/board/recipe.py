"""What to install before a command makes a run again: versions, the commit, and the data that it used."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires
from typing import Any

OWN = "basin-suite"
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
VERSION = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._!-]{0,99}\Z")
COMMIT = re.compile(r"^[0-9a-f]{7,64}\Z")
"""What is recorded comes from whoever made the run: what is none of these is left out of a line to be typed."""


def install(environment: Mapping[str, Any]) -> str:
    """Return the line that installs the suite, its plugin's distribution and the suite's own dependencies as recorded.

    Empty if no package was recorded. The part of a version behind a plus, as ``+cpu``, is left out: registries have
    such versions under the part before it.
    """
    packages: Mapping[str, str] = environment.get("packages") or {}
    by_name = {_normal(name): (name, version) for name, version in packages.items()}
    pins = [by_name[name] for name in dict.fromkeys(_wanted(environment)) if name in by_name]
    pinned = [f"{name}=={version}" for name, full in pins if (version := _public(full)) and NAME.match(name)]
    return f"pip install {shlex.join(pinned)}" if pinned else ""


def requirements(environment: Mapping[str, Any]) -> str:
    """Return every recorded package with its version, as a requirements file has them."""
    packages: Mapping[str, str] = environment.get("packages") or {}
    pinned = ((name, _public(version)) for name, version in packages.items() if NAME.match(name))
    return "".join(f"{name}=={version}\n" for name, version in pinned if version)


def revision(environment: Mapping[str, Any], part: str = "suite") -> str:
    """Return the recorded commit of the suite or the ``plugin``, and whether files differed from it; else nothing."""
    recorded = environment.get(part)
    git = recorded.get("git") if isinstance(recorded, Mapping) else None
    commit = git.get("commit") if isinstance(git, Mapping) else None
    if not isinstance(git, Mapping) or not isinstance(commit, str) or not COMMIT.match(commit):
        return ""
    return f"{commit} with changes that were not committed" if git.get("dirty") else commit


def _wanted(environment: Mapping[str, Any]) -> Iterator[str]:
    plugin = environment.get("plugin")
    yield OWN
    if isinstance(plugin, Mapping) and isinstance(plugin.get("distribution"), str):
        yield _normal(plugin["distribution"])
    try:
        declared = requires(OWN) or []
    except PackageNotFoundError:
        declared = []
    yield from (_normal(re.split(r"[^A-Za-z0-9._-]", line)[0]) for line in declared if "extra ==" not in line)


def _public(version: str) -> str:
    """Return the version without its local part, or nothing if it is no version."""
    public = version.partition("+")[0]
    return public if VERSION.match(public) else ""


def _normal(name: str) -> str:
    """Return a package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()

"""What to install before a command makes a run again: versions, the commit, and the data that it used."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, requires
from typing import Any

OWN = "basin-suite"
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
VERSION = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._!-]{0,99}\Z")
COMMIT = re.compile(r"^[0-9a-f]{7,64}\Z")
ORIGIN = re.compile(r"^https://[A-Za-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9._/~-]{1,200}\Z")
"""What is recorded comes from whoever made the run: what is none of these is left out of a line to be typed."""


def install(environment: Mapping[str, Any]) -> str:
    """Return the lines that install the suite, its plugin's distribution and the suite's own dependencies as recorded.

    Empty if no package was recorded. What came from a commit is installed from it: by its origin if that was recorded
    as one of https, else from a checkout, which has a line of its own. The part of a version behind a plus, as
    ``+cpu``, is left out: registries have such versions under the part before it.
    """
    packages: Mapping[str, str] = environment.get("packages") or {}
    by_name = {_normal(name): (name, version) for name, version in packages.items()}
    checkouts, wanted = [], []
    for part, name in _parts(environment).items():
        commit, origin = _commit(environment, part), _origin(environment, part)
        if not commit:
            wanted += [_pin(*by_name[name])] if name in by_name else []
        elif origin:
            wanted.append(f"{name} @ git+{origin}@{commit}")
        else:
            checkouts.append(f"git checkout {commit} && pip install .  # in a clone of {name}")
    own = _parts(environment).values()
    wanted += [_pin(*by_name[name]) for name in dict.fromkeys(_dependencies()) if name in by_name and name not in own]
    pinned = [each for each in wanted if each]
    return "\n".join([*checkouts, *([f"pip install {shlex.join(pinned)}"] if pinned else [])])


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


def _parts(environment: Mapping[str, Any]) -> dict[str, str]:
    """Return the distributions of the code that ran, each once: ``suite``, and ``plugin`` if it is another."""
    parts = {"suite": OWN}
    plugin = environment.get("plugin")
    if isinstance(plugin, Mapping) and isinstance(plugin.get("distribution"), str):
        name = _normal(plugin["distribution"])
        if NAME.match(name) and name != OWN:
            parts["plugin"] = name
    return parts


def _commit(environment: Mapping[str, Any], part: str) -> str:
    """Return the commit that a part was installed from, as an editable checkout is; nothing if it was a release."""
    recorded = environment.get(part)
    return revision(environment, part).partition(" ")[0] if isinstance(recorded, Mapping) else ""


def _origin(environment: Mapping[str, Any], part: str) -> str:
    origin = environment[part]["git"].get("origin") if _commit(environment, part) else None
    return origin if isinstance(origin, str) and ORIGIN.match(origin) else ""


def _dependencies() -> list[str]:
    try:
        declared = requires(OWN) or []
    except PackageNotFoundError:
        declared = []
    return [_normal(re.split(r"[^A-Za-z0-9._-]", line)[0]) for line in declared if "extra ==" not in line]


def _pin(name: str, version: str) -> str:
    """Return ``NAME==VERSION``, or nothing if one of them is none."""
    public = _public(version)
    return f"{name}=={public}" if public and NAME.match(name) else ""


def _public(version: str) -> str:
    """Return the version without its local part, or nothing if it is no version."""
    public = version.partition("+")[0]
    return public if VERSION.match(public) else ""


def _normal(name: str) -> str:
    """Return a package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()

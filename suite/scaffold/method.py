"""A package with a first method, which works, and the test that it must pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from suite.contracts import Role, Task, Track
from suite.errors import SuiteError, did_you_mean
from suite.registry import Registry, Table
from suite.scaffold.naming import check_folder, check_free, check_module, check_name, class_of
from suite.scaffold.package import Package
from suite.scaffold.rendering import SHARED, Templates

SHARED_FILES = ("pyproject.toml", "README.md", "LICENSE", "submission.yaml")


def new_method(registry: Registry, name: str, track: str, role: str = "", folder: Path | None = None) -> Package:
    """Return a package with a method of a track, in one of its roles: the first if none is named. Writes nothing.

    Its folder is named after the method unless another is given.

    Raises:
        SuiteError: the name is none or taken, there is no such track or role, it has no template, or the folder is not
            empty.
    """
    module = check_name(name)
    entry = registry.tracks.entry(track)
    chosen = _role(entry.value, role, entry.plugin.origin)
    check_free(f"{track}/{name}", cast("Table[object]", registry.methods))
    if former := registry.former_methods.get(f"{track}/{name}"):
        raise SuiteError(
            f"{name!r} is an old name of the method {former[0]!r}",
            place="the registry",
            next=f"suite methods show {former[0]}",
        )
    check_module(name, module)
    place = Path(name) if folder is None else folder
    check_folder(place)
    own, shared = Templates(cast(Path, chosen.template)), Templates(SHARED)
    task = _task(registry, track, chosen)
    given: dict[str, Any] = {
        **{"kind": "method", "name": name, "module": module, "track": track, "role": chosen.name, "task": task},
        "class_name": class_of(name, own.source("method.py.jinja") + own.source("test_method.py.jinja")),
        "title": name.replace("-", " ").capitalize(),
    }
    for part in ("card", "hook", "test_head"):
        given[part] = shared.render(f"{part}.jinja", given).rstrip()
    files = {
        f"{module}.py": own.render("method.py.jinja", given),
        f"tests/test_{module}.py": own.render("test_method.py.jinja", given),
        **{file: shared.render(f"{file}.jinja", given) for file in SHARED_FILES},
    }
    others = tuple(each.name for each in entry.value.roles if each.template and each is not chosen)
    return Package(place, files, f"{track}/{name}", f"{module}.py", chosen.name, others, task)


def _role(track: Track, wanted: str, origin: str) -> Role:
    """Return a role that has a template."""
    roles = {role.name: role for role in track.roles if role.template is not None}
    if not roles:
        raise SuiteError(
            f"the track {track.name!r} has no template for a method. Its author can add one with Track(roles=...)",
            place=origin,
            next="start from an example: docs/plugins.md, section 'A method in one file'",
        )
    if wanted and wanted not in roles:
        raise SuiteError(
            f"the track {track.name!r} has no role {wanted!r}.{did_you_mean(wanted, roles)}",
            place=f"--role {wanted}",
            next=f"--role {' or '.join(roles)}",
        )
    return roles[wanted or next(iter(roles))]


def _task(registry: Registry, track: str, role: Role) -> str:
    """Return a small task of a track that takes methods of a role, one of the tour if it can be; "" if none does."""
    contracts = tuple(role.checks)
    found = [
        entry.value
        for entry in registry.tasks
        if entry.name.partition("/")[0] == track and entry.value.tier == "embedded" and _takes(entry.value, contracts)
    ]
    return min(found, key=lambda task: not task.tour).id if found else ""


def _takes(task: type[Task], contracts: tuple[Any, ...]) -> bool:
    """Tell whether a task takes what derives from all contracts, under its default setting."""
    made = task()
    return not made.declines(contracts[0], made.setting({}), contracts[1:])

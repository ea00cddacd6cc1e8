"""A package with a first task, which works, and the test that it must pass."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from suite.errors import SuiteError
from suite.registry import Registry, Table
from suite.scaffold.images import GivenImages
from suite.scaffold.naming import check_folder, check_free, check_module, check_name, class_of
from suite.scaffold.package import Package
from suite.scaffold.rendering import SHARED, Templates


def new_task(
    registry: Registry, name: str, track: str, folder: Path | None = None, images: GivenImages | None = None
) -> Package:
    """Return a package with a task of a track, on the track's example data or on ``images``. Writes nothing.

    Raises:
        SuiteError: the name is none or taken, the track has no template, the folder is not empty, or an image is wrong.
    """
    module = check_name(name)
    entry = registry.tracks.entry(track)
    kit = entry.value.tasks
    template = kit.template if images is None else kit.images
    if template is None:
        what = "a task" if images is None else "a task on images"
        raise SuiteError(
            f"the track {track!r} has no template for {what}. Its author can add one with Track(tasks=...)",
            place=entry.plugin.origin,
            next="start from an example: docs/plugins.md, section 'A task'",
        )
    check_free(f"{track}/{name}", cast("Table[object]", registry.tasks))
    if former := registry.former_tasks.get(f"{track}/{name}"):
        raise SuiteError(
            f"{name!r} is an old name of the task {former[0]!r}",
            place="the registry",
            next=f"suite tasks show {former[0]}",
        )
    check_module(name, module, "task")
    place = Path(name) if folder is None else folder
    check_folder(place)
    own, shared = Templates(template), Templates(SHARED)
    given: dict[str, Any] = {
        **{"kind": "task", "name": name, "module": module, "track": track},
        **({"told": ""} if images is None else images.described(name, kit.kinds)),
        "class_name": class_of(name, own.source("task.py.jinja") + own.source("test_task.py.jinja"), "Task"),
        "title": name.replace("-", " ").capitalize(),
    }
    given |= {part: shared.render(f"{part}.jinja", given).rstrip() for part in ("task_hook", "test_head")}
    return Package(place, _files(own, shared, given), f"{track}/{name}", f"{module}.py", "task", (), f"{track}/{name}")


def _files(own: Templates, shared: Templates, given: Mapping[str, Any]) -> dict[str, str]:
    module = given["module"]
    return {
        f"{module}.py": own.render("task.py.jinja", given),
        f"tests/test_{module}.py": own.render("test_task.py.jinja", given),
        "README.md": shared.render("TASK.md.jinja", given),
        **{file: shared.render(f"{file}.jinja", given) for file in ("pyproject.toml", "LICENSE")},
    }

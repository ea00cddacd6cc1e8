"""The pages of the tasks: one for each track."""

from __future__ import annotations

from suite.contracts import Task, Track
from suite.reference.markdown import code, line, listed, prose, table
from suite.registry import Registry


def page(registry: Registry, track: Track) -> str:
    """Return the page of a track: its question, then the datasheet of each of its tasks."""
    parts = [f"# Tasks: {track.title}", prose(track.question)]
    for entry in registry.tasks:
        if entry.name.startswith(f"{track.name}/"):
            parts += _sheet(entry.value())
    return "\n\n".join(part for part in parts if part) + "\n"


def _sheet(task: Task) -> list[str]:
    facts = [
        ("version", code(task.version)),
        ("tier", code(task.tier)),
        ("seeds", listed(task.seeds)),
        ("ranked by", code(task.primary)),
        ("subsets", listed(task.subsets)),
        ("methods are given", listed(sorted(task.gives))),
        ("data", _required(task, "data")),
        ("networks", _required(task, "model")),
        ("metrics", ", ".join(f"[{code(each.name)}](../metrics/{task.track}.md#{each.name})" for each in task.metrics)),
        ("cost of a seed", _cost(task)),
        ("former names", listed(task.formerly)),
    ]
    axes = [(code(axis.name), listed(axis.values), line(axis.about)) for axis in task.axes]
    return [
        f"## {task.id}",
        f"**{line(task.title)}**",
        prose(task.summary),
        table(("fact", "value"), [(name, value) for name, value in facts if value]),
        table(("axis", "values, the default first", "what it varies"), axes),
    ]


def _required(task: Task, kind: str) -> str:
    seed = task.seeds[0]
    return listed(dict.fromkeys(each.name for each in task.requires(seed) if each.kind == kind))


def _cost(task: Task) -> str:
    if task.cost is None:
        return ""
    return f"{task.cost.preparation:.3g} CPU seconds once, {task.cost.cell:.3g} for each method (mean, measured)"

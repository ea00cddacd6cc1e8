"""The pages of the metrics: one for each track, each definition told once."""

from __future__ import annotations

from collections import defaultdict

from suite.contracts import Metric, Track
from suite.reference.markdown import code, listed, prose
from suite.registry import Registry


def page(registry: Registry, track: Track) -> str:
    """Return the page of a track: each metric with its definition, and the tasks that use it where they differ."""
    users: defaultdict[str, defaultdict[Metric, list[str]]] = defaultdict(lambda: defaultdict(list))
    for entry in registry.tasks:
        if entry.name.startswith(f"{track.name}/"):
            for metric in entry.value.metrics:
                users[metric.name][metric].append(entry.name)
    parts = [f"# Metrics: {track.title}"]
    for name in sorted(users):
        parts.append(f"## {name}")
        for metric, tasks in users[name].items():
            parts += [f"{prose(metric.definition)}", f"{_facts(metric)}. Tasks: {listed(tasks)}."]
    return "\n\n".join(parts) + "\n"


def _facts(metric: Metric) -> str:
    low, high = metric.bounds
    span = "" if low is None and high is None else f", from {_bound(metric, low)} to {_bound(metric, high)}"
    return f"{code(metric.key)}: {metric.direction} is better, in {metric.shown_unit}{span}"


def _bound(metric: Metric, value: float | None) -> str:
    return "any" if value is None else f"{metric.shown(value):g}"

"""What cells of a run import, so that the run imports it once."""

from __future__ import annotations

from collections.abc import Iterable

from suite.registry import Registry


def libraries(registry: Registry, tasks: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that tasks, given by their ids, and their tracks name."""
    ids = sorted(tasks)
    of_tracks = [registry.tracks[name].libraries for name in sorted({id.partition("/")[0] for id in ids})]
    of_tasks = [registry.tasks[id].libraries for id in ids]
    return tuple(dict.fromkeys(name for names in (*of_tracks, *of_tasks) for name in names))

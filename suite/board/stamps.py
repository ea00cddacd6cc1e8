"""What a board was made from: of each task the runs in the store, and what its plugin and the suite say today."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import suite.stats
from suite.board.model import FORMAT
from suite.contracts import Method, Track
from suite.discovery import OWN
from suite.hashing import digest, file_digest
from suite.registry import Entry, Registry
from suite.source import source_digest, task_source


@dataclass(frozen=True)
class Stored:
    """A task that has runs: the names that it has in the store, and a stamp that changes whenever its tables would."""

    names: tuple[str, ...]
    stamp: str


def stamped(counts: Mapping[str, tuple[int, str]], registry: Registry) -> tuple[dict[str, Stored], dict[str, int]]:
    """Return the tasks that have runs by today's id, sorted, and {task: number of runs} of those not installed.

    ``counts`` is what the store says of each name: how many runs it has, and their stamp.
    """
    names: dict[str, list[str]] = {}
    for name in sorted(counts):
        names.setdefault(registry.former_tasks.get(name, (name,))[0], []).append(name)
    tracks = {entry.name: _of_track(registry, entry.value) for entry in registry.tracks}
    return {
        task: Stored(
            tuple(stored),
            digest(
                [
                    FORMAT,
                    _code(),
                    tracks[task.partition("/")[0]],
                    _of_task(kind),
                    task_source(kind()),
                    [[name, counts[name][1]] for name in stored],
                ]
            ),
        )
        for task, stored in sorted(names.items())
        if task in registry.tasks
        for kind in [registry.tasks[task]]
    }, {name: counts[name][0] for task, stored in names.items() if task not in registry.tasks for name in stored}


def _of_task(task: Any) -> str:
    axes = [(axis.name, axis.values, axis.about) for axis in task.axes]
    texts = (task.id, task.version, task.tier, task.title, task.summary)
    return repr([texts, task.seeds, task.subsets, task.comparable_by, task.formerly, task.primary, task.metrics, axes])


def _of_track(registry: Registry, track: Track) -> str:
    methods = [entry.value for entry in registry.methods_of(track.name)]
    shown = [(m.name, m.version, m.card, m.standing, m.Parameters(), m.formerly) for m in methods]
    return repr(
        [
            *(track.name, sorted(track.privileges), shown),
            *([(sorted(m.needs), sorted(m.partners)) for m in methods], _of_code(registry.methods_of(track.name))),
        ]
    )


def _of_code(methods: Sequence[Entry[type[Method]]]) -> list[object]:
    """Return what changes with the code of methods: of one that comes from elsewhere its source, as its cells have it.

    Those that come with the suite are many, and following what each imports takes long: all files beside them will do.
    Their bytes count, and no times of change: the tables that come with the package hold wherever it is installed.
    """
    own = {Path(inspect.getfile(entry.value)).parent for entry in methods if entry.plugin.distribution == OWN}
    files = sorted(file for folder in own for file in folder.glob("*.py"))
    foreign = [source_digest(entry) for entry in methods if entry.plugin.distribution != OWN]
    return [*foreign, *((file.name, file_digest(file)) for file in files)]


@cache
def _code() -> str:
    """Return the digest of the code that computes a board: another version of it computes another board."""
    import suite as package

    folders = [Path(__file__).parent, *map(Path, suite.stats.__path__)]
    sources = [file_digest(file) for folder in folders for file in sorted(folder.glob("*.py"))]
    return digest([package.__version__, sources])

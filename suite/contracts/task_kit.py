"""What a track has for authors of tasks: contract tests and templates to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from suite.contracts.task import Task


@dataclass(frozen=True)
class TaskKit:
    """What ``suite new task`` writes, and ``suite check`` checks.

    Attributes:
        checks: base classes of the track's tasks, each with its class of contract tests, both as
            ``"package.module:Class"``: whoever lists tracks need not import them.
        template: a folder with ``task.py.jinja`` and ``test_task.py.jinja``; None if nobody wrote any.
        images: the same for a task on a folder or file of images, which is given; None if there is none.
        kinds: of further images that ``images`` is given by name beside the first, each a dict of paths; classes that
            are left out are of the first kind.
    """

    checks: Mapping[str, str] = field(default_factory=dict, hash=False)
    template: Path | None = None
    images: Path | None = None
    kinds: tuple[str, ...] = ()

    def checks_of(self, task: type[Task]) -> tuple[str, ...]:
        """Return the classes of contract tests that a task must pass."""
        bases = [f"{base.__module__}:{base.__qualname__}" for base in task.__mro__]
        return tuple(dict.fromkeys(self.checks[base] for base in bases if base in self.checks))

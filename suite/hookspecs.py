"""Every hook of the suite. A plugin is a module with any of these, marked `hookimpl`, named by an entry point.

Each hook is called once per process, plugin by plugin, when the registry loads. What a hook registers before it raises
is kept out; the failure is recorded, shown by ``suite plugins``, and stops no other plugin. Order means nothing: a name
that is taken is refused, naming both sides.

``register`` takes a class, or the string ``"package.module:Class"``, which is imported under guard of its own; for a
method or a task ``"package.module"`` will do, whose class has the module's name. Keep
heavy imports (torch, timm, datasets) inside functions: listing methods imports every plugin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from suite.contracts import Executor, Listener, Method, Page, Task, Track

PROJECT = "suite"
ENTRY_POINT_GROUP = "suite"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def suite_register_tracks(register: Callable[[Track | str], None]) -> None:
    """Register research questions: call ``register`` with each `Track`. Tracks load before methods and tasks."""


@hookspec
def suite_register_methods(register: Callable[[type[Method] | str], None]) -> None:
    """Register methods: call ``register`` with each class, which derives from the contract of its track."""


@hookspec
def suite_register_tasks(register: Callable[[type[Task] | str], None]) -> None:
    """Register tasks: call ``register`` with each class, which derives from `Task`."""


@hookspec
def suite_register_executors(register: Callable[[type[Executor] | str], None]) -> None:
    """Register executors: call ``register`` with each class, which derives from `Executor`."""


@hookspec
def suite_register_pages(register: Callable[[Page | str], None]) -> None:
    """Register leaderboard pages: call ``register`` with each `Page`."""


@hookspec
def suite_register_listeners(register: Callable[[type[Listener] | str], None]) -> None:
    """Register who hears how a run goes: call ``register`` with each class, which derives from `Listener`."""

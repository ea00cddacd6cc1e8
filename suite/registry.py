"""The registry: loads plugins one by one, isolates their failures, and answers look-ups with "did you mean".

pluggy alone does not isolate: its loader stops at the first plugin that fails to import, and a hook that raises loses
what the others returned. So entry points are imported one at a time and each plugin's hooks are called alone.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Generic, TypeVar

import pluggy

from suite import hookspecs
from suite.contracts import Executor, Listener, Method, Page, Task, Track
from suite.contracts.declared import check_class, check_method, check_roles, check_task, check_task_kit, describe
from suite.discovery import OWN, Failure, Loadable, Plugin, installed_plugins, plugin_files
from suite.errors import SuiteError, did_you_mean
from suite.intact import Parts, intact

T = TypeVar("T")
SLUG = re.compile(r"^[a-z0-9][a-z0-9.-]{0,63}\Z")
METHOD = re.compile(r"^([a-z0-9][a-z0-9.-]{0,31}/)?[a-z0-9][a-z0-9.-]{0,63}\Z")  # a prefix names a foreign library
HOOKS = tuple(name for name in vars(hookspecs) if name.startswith("suite_"))  # tracks first, as they are written


@dataclass(frozen=True)
class Entry(Generic[T]):
    """A registered thing and the plugin that it came from."""

    name: str
    value: T
    plugin: Plugin


FEW = 8
"""Names that an error lists, where none of them is close to what was asked for."""


class Table(Generic[T]):
    """The registered things of one kind, by name."""

    def __init__(self, kind: str, command: str) -> None:
        self.kind = kind
        self._command = command
        self._entries: dict[str, Entry[T]] = {}

    def add(self, entry: Entry[T]) -> None:
        """Add an entry; ValueError if its name is taken, naming both sides."""
        taken = self._entries.get(entry.name)
        if taken is not None:
            raise ValueError(
                f"the {self.kind} {entry.name!r} was already registered by plugin {taken.plugin.name!r} "
                f"({taken.plugin.distribution} {taken.plugin.version})"
            )
        self._entries[entry.name] = entry

    def entry(self, name: str) -> Entry[T]:
        """Return the entry of this name; `SuiteError` with suggestions if there is none."""
        if name not in self._entries:
            few = f" There are: {', '.join(sorted(self._entries))}." if 0 < len(self._entries) <= FEW else ""
            raise SuiteError(
                f"unknown {self.kind} {name!r}.{did_you_mean(name, self._entries) or few}",
                place=f"the registry, which has {len(self._entries)} {self.kind}s",
                next=self._command,
            )
        return self._entries[name]

    def __getitem__(self, name: str) -> T:
        return self.entry(name).value

    def __iter__(self) -> Iterator[Entry[T]]:
        return iter(sorted(self._entries.values(), key=lambda entry: entry.name))

    def __contains__(self, name: str) -> bool:
        return name in self._entries


class Registry:
    """Everything that is registered. Make one with `load_registry`."""

    def __init__(self, *, guarded: bool = False) -> None:
        self._guarded = guarded
        self._parts = Parts()
        self.plugins: list[Plugin] = []
        self._called = 0  # how many of them had their hooks called
        self.tracks: Table[Track] = Table("track", "suite tasks")
        self.methods: Table[type[Method]] = Table("method", "suite methods")
        self.tasks: Table[type[Task]] = Table("task", "suite tasks")
        self.executors: Table[type[Executor]] = Table("executor", "suite run --help")
        self.pages: Table[Page] = Table("page", "suite plugins")
        self.listeners: Table[type[Listener]] = Table("listener", "suite plugins")
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)

    @property
    def failures(self) -> list[Failure]:
        """Every failure of every plugin."""
        return [failure for plugin in self.plugins for failure in plugin.failures]

    @cached_property
    def former_tasks(self) -> dict[str, tuple[str, Mapping[str, str]]]:
        """What became of each id that a task had before: today's id, and the setting that says the same."""
        return {former: (entry.name, at) for entry in self.tasks for former, at in entry.value.formerly.items()}

    @cached_property
    def former_methods(self) -> dict[str, tuple[str, Mapping[str, str]]]:
        """What became of each name that a method had before, both as ``track/name``."""
        return {
            f"{entry.value.track}/{former}": (entry.name, at)
            for entry in self.methods
            for former, at in entry.value.formerly.items()
        }

    def methods_of(self, track: str) -> list[Entry[type[Method]]]:
        """Return the methods of a track, by name."""
        return [entry for entry in self.methods if entry.value.track == track]

    def method(self, track: str, name: str) -> Entry[type[Method]]:
        """Return a method of a track by its name or one that it had before; names are unique within a track only."""
        today, _ = self.former_methods.get(f"{track}/{name}", (f"{track}/{name}", {}))
        return self.methods.entry(f"{track}/{name}" if f"{track}/{name}" in self.methods else today)

    def add_plugin(self, plugin: Plugin, load: Callable[[], object]) -> None:
        """Import a plugin; a failure is recorded and everything else goes on."""
        self.plugins.append(plugin)
        try:
            with self._kept_intact(plugin):
                module = load()
            _check_markers(module)
            try:
                self._manager.register(module, name=plugin.name)
                self._manager.check_pending()
            except pluggy.PluginValidationError as error:
                if self._manager.is_registered(module):  # older pluggy registers what it refuses
                    self._manager.unregister(module)
                raise LookupError(_with_suggestion(str(error))) from None
            hooks = [hook for hook in HOOKS if self._implements(module, hook)]
            if lost := [hook for hook in HOOKS if hook in vars(module) and hook not in hooks]:
                self._manager.unregister(module)
                kind = type(getattr(module, lost[0])).__qualname__
                raise LookupError(f"{lost[0]} is a {kind}, which pluggy does not call: write a plain function with def")
            plugin.hooks = hooks
        except (Exception, SystemExit) as error:
            _record(plugin, "import", error)

    def call_hooks(self) -> None:
        """Call every hook of every plugin that was added since, one at a time, tracks before what belongs to them."""
        register = {
            "suite_register_tracks": self._register_track,
            "suite_register_methods": self._register_method,
            "suite_register_tasks": self._register_task,
            "suite_register_executors": self._register_executor,
            "suite_register_pages": self._register_page,
            "suite_register_listeners": self._register_listener,
        }
        for hook in HOOKS:
            for plugin in self.plugins[self._called :]:
                if hook in plugin.hooks:
                    self._call(plugin, hook, register[hook])
        self._called = len(self.plugins)

    @contextmanager
    def _kept_intact(self, plugin: Plugin) -> Iterator[None]:
        """Import something of a plugin; what it does to a process that is not its own is undone, and recorded."""
        if not self._guarded or plugin.distribution == OWN:
            yield
            return
        changed: list[str] = []
        try:
            with intact(f"the plugin {plugin.name} ({plugin.origin})", self._parts) as changed:
                yield
        finally:
            for name in changed:
                _record(
                    plugin, "import", RuntimeError(f"it changes {name}. This was undone: change it inside a method")
                )

    def _implements(self, module: object, hook: str) -> bool:
        return any(impl.plugin is module for impl in getattr(self._manager.hook, hook).get_hookimpls())

    def _call(self, plugin: Plugin, hook: str, register: Callable[[Plugin, object], Callable[[], None]]) -> None:
        others = [module for name, module in self._manager.list_name_plugin() if name != plugin.name]
        pending: list[Callable[[], None]] = []

        def callback(given: object) -> None:
            try:
                pending.append(register(plugin, _resolve(given)))
            except (Exception, SystemExit) as error:
                _record(plugin, f"{hook}({describe(given)})", error)

        try:
            with self._kept_intact(plugin):  # what is registered by name is imported now
                self._manager.subset_hook_caller(hook, remove_plugins=others)(register=callback)
        except (Exception, SystemExit) as error:
            _record(plugin, hook, error)
            return
        for commit in pending:
            try:
                commit()
            except ValueError as error:
                _record(plugin, hook, error)

    def _register_track(self, plugin: Plugin, track: object) -> Callable[[], None]:
        if not isinstance(track, Track):
            raise TypeError(f"expected a suite.Track, got {describe(track)}")
        if not isinstance(track.libraries, tuple) or not all(isinstance(name, str) for name in track.libraries):
            raise TypeError(
                f"the libraries of track {track.name!r} are {track.libraries!r}. They must be a tuple of names"
            )
        check_roles(track)
        check_task_kit(track)
        for contract in track.contracts:
            if not isinstance(contract, type) or not issubclass(contract, Method):
                raise TypeError(f"the contract of track {track.name!r}, {describe(contract)}, is not a suite.Method")
        return self._adder(self.tracks, Entry(_slug(track.name), track, plugin))

    def _register_method(self, plugin: Plugin, method: object) -> Callable[[], None]:
        cls = check_method(method)
        contracts = self.tracks[cls.track].contracts
        if not issubclass(cls, contracts):
            raise TypeError(
                f"{describe(cls)} declares track {cls.track!r}, so it must derive from "
                f"{' or '.join(map(describe, contracts))}"
            )
        self._check_access(cls.track, cls.needs | cls.uses, describe(cls))
        if not METHOD.match(cls.name):
            raise ValueError(f"{cls.name!r} is not a method name: lower-case letters, digits, '-' and '.', at most 64")
        return self._adder(self.methods, Entry(f"{cls.track}/{cls.name}", cls, plugin))

    def _register_task(self, plugin: Plugin, task: object) -> Callable[[], None]:
        cls = check_task(task)
        track, _, name = cls.id.partition("/")
        self.tracks[_slug(track)]
        _slug(name)
        self._check_access(track, cls.gives.union(*(g for axis in cls.axes for g in axis.gives.values())), cls.id)
        return self._adder(self.tasks, Entry(cls.id, cls, plugin))

    def _register_executor(self, plugin: Plugin, executor: object) -> Callable[[], None]:
        cls = check_class(executor, Executor, {"name": str})
        return self._adder(self.executors, Entry(_slug(cls.name), cls, plugin))

    def _register_page(self, plugin: Plugin, page: object) -> Callable[[], None]:
        if not isinstance(page, Page):
            raise TypeError(f"expected a suite.contracts.Page, got {describe(page)}")
        return self._adder(self.pages, Entry(_slug(page.path), page, plugin))

    def _register_listener(self, plugin: Plugin, listener: object) -> Callable[[], None]:
        cls = check_class(listener, Listener, {"name": str})
        return self._adder(self.listeners, Entry(_slug(cls.name), cls, plugin))

    def _check_access(self, track: str, names: frozenset[str], owner: str) -> None:
        """Refuse access that the track does not declare: a typing error would decline a method in silence."""
        known = {access.name for access in self.tracks[track].access}
        if unknown := sorted(names - known):
            raise ValueError(
                f"{owner}: track {track!r} has no access {unknown[0]!r}. It has {', '.join(sorted(known)) or 'none'}"
            )

    def _adder(self, table: Table[T], entry: Entry[T]) -> Callable[[], None]:
        def add() -> None:
            table.add(entry)
            entry.plugin.registered.append(f"{table.kind} {entry.name}")

        return add


def load_registry(
    files: tuple[Path, ...] = (), disabled: tuple[str, ...] = (), only: Collection[str] | None = None
) -> Registry:
    """Load every installed plugin, or the built-in ones and those named in ``only``, and the given plugin files.

    Nothing that a plugin does wrong raises here; see `Registry.failures`. Where all are loaded, what other people's do
    to this process is undone; a process that loads what one cell needs leaves it to that.
    """
    return complete_registry(
        Registry(guarded=only is None), (*chosen(installed_plugins(), only), *plugin_files(files)), disabled
    )


def chosen(plugins: Iterable[Loadable], only: Collection[str] | None) -> list[Loadable]:
    """Return the built-in plugins and those of these names; all of them for None."""
    return [each for each in plugins if only is None or each[0].distribution == OWN or each[0].name in only]


def complete_registry(registry: Registry, plugins: Iterable[Loadable], disabled: tuple[str, ...] = ()) -> Registry:
    """Load plugins into a registry, beside those that it has."""
    for plugin, load in plugins:
        if plugin.name not in disabled:
            registry.add_plugin(plugin, load)
    registry.call_hooks()
    return registry


def _resolve(given: object) -> object:
    if not isinstance(given, str):
        return given
    loaded = EntryPoint(name="", value=given, group="").load()
    return _namesake(loaded) if isinstance(loaded, ModuleType) else loaded


def _namesake(module: ModuleType) -> type:
    """Return the class that a module is named after: ``trajectory_mean_ward`` has that of ``trajectory-mean-ward``."""
    tail = module.__name__.rpartition(".")[2]
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Method | Task):
            name = getattr(value, "name", None) or getattr(value, "id", "").partition("/")[2]
            if re.sub(r"[-.]", "_", name) == tail:
                return value
    raise LookupError(f"no class in {module.__name__} has the name {tail.replace('_', '-')!r}")


def _slug(name: str) -> str:
    if not isinstance(name, str) or not SLUG.match(name):
        raise ValueError(f"{name!r} is not a name: lower-case letters, digits, '-' and '.', at most 64")
    return name


def _check_markers(module: object) -> None:
    """Refuse hooks that lack their marker: pluggy would overlook them in silence."""
    for name in vars(module):
        if name.startswith("suite_register_") and not hasattr(getattr(module, name), f"{hookspecs.PROJECT}_impl"):
            raise LookupError(f"{name} has no mark: write @suite.hookimpl above it")


def _with_suggestion(message: str) -> str:
    unknown = re.search(r"unknown hook '(\w+)'", message)
    return f"{message}.{did_you_mean(unknown[1], HOOKS)}" if unknown else message


def _record(plugin: Plugin, stage: str, error: BaseException) -> None:
    try:
        said = str(error)
    except Exception as second:
        said = f"(its text could not be made: {type(second).__name__})"
    message = f"{type(error).__name__}: {said}"
    text = "".join(traceback.format_exception(error))
    failure = Failure(plugin.name, plugin.distribution, plugin.version, plugin.origin, stage, message, text)
    plugin.failures.append(failure)

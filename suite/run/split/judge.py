"""The judge's side: the method's process, as the worker speaks to it."""

from __future__ import annotations

import socket
from importlib import import_module
from pathlib import Path
from typing import Any

from suite.contracts import Border, Job, Method, Reference
from suite.run.split.arrays import Garbled
from suite.run.split.channel import Channel, Limits
from suite.run.split.codec import Codec, Take, Tell
from suite.run.split.confinement import WORDS
from suite.run.split.confinement.container import OWN_FOLDER
from suite.run.split.peer import Peer
from suite.run.split.references import Given
from suite.run.split.remote import Handle, remote_class


def load_border(name: str) -> Border:
    """Return the border of this name, as ``"package.module:NAME"``."""
    module, _, attribute = name.partition(":")
    border = getattr(import_module(module), attribute)
    assert isinstance(border, Border), f"{name} is not a border"
    return border


class Host:
    """The method's process, confined, with the method's code loaded.

    Attributes:
        confined: what the kernel enforces there, as the host said before it loaded that code.
    """

    def __init__(self, end: socket.socket, job: Job) -> None:
        """Hear what came of `instruct`; ``end`` is this side's of the channel.

        Raises:
            Closed: it ended.
            Garbled: it says what does not pass.
            Exception: what loading the method's code raised.
        """
        assert job.split is not None
        self._border = border = load_border(job.split.border)
        self._given = Given(border)
        codec = Codec(border, self._named, self._object, trusted=False)
        contained = job.split.container is not None  # memory cannot be handed over into it
        self._peer = Peer(Channel(end, Limits(), shares=not contained), codec, self._use)
        confined = self._peer.returned()
        if not isinstance(confined, list) or not WORDS.keys() >= set(map(str, confined)):
            raise Garbled("a confinement that cannot be read")
        self.confined: list[str] = confined
        loaded = self._peer.returned()
        if not isinstance(loaded, dict):
            raise Garbled("methods that cannot be read")
        self._classes = {which: self._class(which, loaded.get(which)) for which in ("", *job.partners)}

    @property
    def method(self) -> type[Method]:
        """What stands for the method's class."""
        return self._classes[""]

    def partners(self, job: Job) -> dict[str, Method]:
        """Return what stands for the partners of a job, by role."""
        return {role: self._classes[role](**each["parameters"]) for role, each in job.partners.items()}

    def _class(self, which: str, description: Any) -> type[Method]:
        return remote_class(self._border, which, description, self._peer.call)

    def _named(self, value: Any, reference: Reference | None) -> tuple[Any, Take | None] | None:
        handle = value if isinstance(value, Handle) else getattr(value, "handle", None)
        if isinstance(handle, Handle):
            return {"handle": handle.number}, None
        return self._given.named(value, reference)

    def _object(self, named: Any) -> tuple[Any, Tell | None]:
        if not isinstance(named, dict):
            raise Garbled("a name of nothing")
        if "number" in named:
            return self._given.object(named["number"]), None
        kinds = list(self._border.stays.values())
        number, kind = named.get("handle"), named.get("kind")
        if type(number) is not int or type(kind) is not int or not 0 <= kind < len(kinds):
            raise Garbled("a handle on nothing")
        return kinds[kind](Handle(self._peer.call, number)), None

    def _use(self, name: str, *arguments: Any) -> Any:
        if name != "use" or len(arguments) != 4 or not isinstance(arguments[2], list):
            raise Garbled("a call that is not allowed")
        if not isinstance(arguments[3], dict) or not all(isinstance(each, str) for each in arguments[3]):
            raise Garbled("a call with names that cannot be read")
        return self._given.use(*arguments)


def instruct(end: socket.socket, job: Job) -> None:
    """Tell a host to confine itself, and then to load the method: it does so while its judge is being started."""
    assert job.split is not None
    split, settings = job.split, job.settings
    peer = Peer(Channel(end, Limits()), Codec(Border(calls={}), _unnamed, _unnamed, trusted=False), _unnamed)
    confining: dict[str, Any] = {
        "readable": [str(path) for path in split.readable],
        "hidden": [str(path) for path in split.hidden],
        "writable": str(host_folder(job)) if split.container is None else OWN_FOLDER,
        "memory": settings.memory_limit,
        "threads": job.threads,
        "seed": job.seed,
    }
    code: dict[str, Any] = {
        "border": split.border,
        "files": [str(path) for path in split.host.files],
        "installed": sorted(split.host.installed),
        "disabled": list(settings.disabled_plugins),
        "methods": {"": job.method, **{role: each["method"] for role, each in job.partners.items()}},
        "sources": {"": job.source, **{role: each["source"] for role, each in job.partners.items()}},
    }
    peer.post("begin", confining)
    peer.post("load", code)


def _unnamed(*value: Any) -> Any:
    """Stand for what names objects that stay here: what a host is told first has none."""
    raise TypeError(f"{value!r} does not pass")


def host_folder(job: Job) -> Path:
    """Return the folder that a job's host may write to, and that is deleted with the job's own."""
    return job.folder / "host"

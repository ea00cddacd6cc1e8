"""The host: the process that runs the method's code. It has no settings, no labels, no metrics and no store.

``python -m suite.run.split.host`` serves on standard input and output, as in a container.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from suite.contracts import Border, Context, Method, Reference
from suite.run.evaluation import seed_everything
from suite.run.split.channel import Channel
from suite.run.split.codec import Codec, Take, Tell
from suite.run.split.confinement import confine
from suite.run.split.peer import Peer
from suite.run.split.pipes import Pipes
from suite.run.split.references import StandIns
from suite.run.split.versions import versions
from suite.run.threads import limit_threads

EMPTY = Border(calls={})


class Host:
    """Answers the judge: confines itself, loads the method, makes it, calls it."""

    def __init__(self, end: socket.socket | Pipes) -> None:
        self._keep_open = end.numbers if isinstance(end, Pipes) else (end.fileno(),)
        self._codec = Codec(EMPTY, self._named, self._object, trusted=True)
        self._peer = Peer(Channel(end, None, shares=not isinstance(end, Pipes)), self._codec, self._handle)
        self._stand_ins = StandIns(EMPTY, partial(self._peer.call, "use"))
        self._classes: dict[str, type[Method]] = {}
        self._kept: list[Any] = []  # methods, and what stays here of what they return
        self._seed, self._began = 0, False
        self._log: Callable[[str], None] = print  # until a context has come
        self._told: set[str] = set()

    def serve(self) -> None:
        """Answer until the judge is gone."""
        self._peer.serve()

    def _handle(self, name: str, *arguments: Any) -> Any:
        answers: dict[str, Callable[..., Any]] = {
            "begin": self._begin,
            "load": self._load,
            "make": self._make,
            "call": self._call,
            "call class": self._call_class,
            "ask": self._ask,
        }
        return answers[name](*arguments)

    def _begin(self, given: dict[str, Any]) -> list[str]:
        """Give up what a method must not have, before any of its code is here; return what the kernel enforces."""
        confined = _confined(given, self._keep_open)
        limit_threads(given["threads"])
        seed_everything(given["seed"])
        self._seed, self._began = given["seed"], True
        return list(confined)

    def _load(self, given: dict[str, Any]) -> dict[str, Any]:
        """Import the plugins of the method and its partners, and describe these.

        Raises:
            RuntimeError: the process is not confined, since that has failed.
        """
        if not self._began:
            raise RuntimeError("a process that is not confined loads no method")
        from suite.registry import load_registry
        from suite.source import check_source

        warm = sys.modules.get("suite.run.executors.warm")
        load = warm.registry if warm else load_registry
        files = tuple(map(Path, given["files"]))
        registry = load(files, tuple(given["disabled"]), frozenset(given["installed"]))
        self._pass(_named_in_module(given["border"]))
        for which, name in given["methods"].items():
            check_source(registry.methods.entry(name), given["sources"][which])
            self._classes[which] = registry.methods[name]
        return {which: self._description(cls) for which, cls in self._classes.items()}

    def _pass(self, border: Border) -> None:
        """Let pass what a track's border names."""
        self._stand_ins = StandIns(border, partial(self._peer.call, "use"))
        self._codec.use(border)
        self._peer.errors = border.errors

    def _description(self, cls: type[Method]) -> dict[str, Any]:
        border = self._codec.border
        own = [contract for contract in border.calls if issubclass(cls, contract)]
        nearest = [base for base in own if not any(other is not base and issubclass(other, base) for other in own)]
        return {
            "contracts": [contract.__name__ for contract in nearest],
            "name": cls.name,
            "version": cls.version,
            "needs": sorted(cls.needs),
            "uses": sorted(cls.uses),
        }

    def _make(self, which: str, parameters: Mapping[str, Any], partners: Mapping[str, int]) -> dict[str, Any]:
        cls, border = self._classes[which], self._codec.border
        made = cls(**parameters, **{role: self._kept[number] for role, number in partners.items()})
        names = [name for base in border.calls if issubclass(cls, base) for name in border.attributes.get(base, ())]
        return {"number": self._keep(made), "label": made.label, **{name: getattr(made, name) for name in names}}

    def _call(self, number: int, name: str, arguments: list[Any]) -> Any:
        before = list(versions(arguments))
        try:
            return self._called(number, name, arguments)
        finally:
            self._tell_changes(name, arguments, before)

    def _tell_changes(self, name: str, arguments: list[Any], before: list[int]) -> None:
        """Tell once of each call that it changed tensors in place that it was given."""
        self._log = next((each.log for each in arguments if isinstance(each, Context)), self._log)
        if name not in self._told and list(versions(arguments)) != before:
            self._told.add(name)
            self._log(f"{name} changed in place what it was given: it had a copy, and nobody else sees the change")

    def _called(self, number: int, name: str, arguments: list[Any]) -> Any:
        call = getattr(self._kept[number], name)
        if name not in self._codec.border.seeded:
            return call(*arguments)
        import torch

        with torch.random.fork_rng():
            torch.manual_seed(self._seed)
            return call(*arguments)

    def _call_class(self, which: str, name: str, arguments: list[Any]) -> Any:
        return getattr(self._classes[which], name)(*arguments)

    def _ask(self, number: int, function: str, arguments: list[Any]) -> Any:
        return _named_in_module(self._codec.border.functions[function])(self._kept[number], *arguments)

    def _keep(self, value: Any) -> int:
        self._kept.append(value)
        return len(self._kept) - 1

    def _named(self, value: Any, reference: Reference | None) -> tuple[Any, Take | None] | None:
        named = self._stand_ins.named(value)
        if named is None:
            for kind, base in enumerate(self._codec.border.stays):
                if isinstance(value, base):
                    return {"handle": self._keep(value), "kind": kind}, None
        return None if named is None else (named, None)

    def _object(self, named: Any) -> tuple[Any, Tell | None]:
        return (self._kept[named["handle"]], None) if "handle" in named else self._stand_ins.object(**named)


def _named_in_module(name: str) -> Any:
    """Return what is called ``"package.module:NAME"``."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)


def _confined(given: dict[str, Any], channel: Sequence[int]) -> tuple[str, ...]:
    return confine(
        [Path(path) for path in given["readable"]],
        Path(given["writable"]),
        hidden=[Path(path) for path in given["hidden"]],
        keep=channel,
        memory=None if given["memory"] is None else int(given["memory"] * 2**30),
    )


def main() -> None:
    """Serve on standard input and output."""
    Host(Pipes()).serve()
    os._exit(0)


if __name__ == "__main__":
    main()

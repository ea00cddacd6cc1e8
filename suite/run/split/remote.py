"""What stands in the judge for a method of the host: a class of the track's contract whose calls go there."""

from __future__ import annotations

import math
import re
import types
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from typing_extensions import override

from suite.contracts import Border, Method, Remote
from suite.run.split.arrays import Garbled

Call: TypeAlias = Callable[..., Any]
WORD = re.compile(r"[\w ./@:+-]{1,100}\Z")


class Handle(Remote):
    """An object that stays in the host, by its number there."""

    def __init__(self, call: Call, number: int) -> None:
        self.call, self.number = call, number

    @override
    def ask(self, function: str, *arguments: Any) -> Any:
        return self.call("ask", self.number, function, list(arguments))


def remote_class(border: Border, which: str, description: Any, call: Call) -> type[Method]:
    """Return the class that stands for a method or a partner, which the host knows as ``which`` and describes.

    Raises:
        Garbled: the description is none.
    """
    if not isinstance(description, dict):
        raise Garbled("a method without a description")
    contracts = {contract.__name__: contract for contract in border.calls}
    named = [contracts.get(name) for name in _texts(description, "contracts")]
    bases = tuple(base for base in named if base is not None)
    if not bases or len(bases) < len(named):
        raise Garbled("a method of no contract")

    def begin(self: Any, **parameters: Any) -> None:
        self.beside = {role: each for role, each in parameters.items() if isinstance(each, Handle)}
        plain = {name: value for name, value in parameters.items() if name not in self.beside}
        partners = {role: each.number for role, each in self.beside.items()}
        made = call("make", which, plain, partners)
        if not isinstance(made, dict) or type(made.get("number")) is not int:
            raise Garbled("a method without a number")
        Handle.__init__(self, call, made["number"])
        self._told = {"label": _text(made, "label", 2000)}
        self._told |= {name: _plain(name, made.get(name)) for name in attributes}

    def forward(name: str) -> Call:
        def to_class(cls: type, *arguments: Any) -> Any:
            return call("call class", which, name, list(arguments))

        def to_object(self: Any, *arguments: Any) -> Any:
            return call("call", self.number, name, list(arguments))

        return classmethod(to_class) if name in border.of_class else to_object  # type: ignore[return-value]

    of = [base for base in border.calls if any(issubclass(each, base) for each in bases)]
    attributes = [name for base in of for name in border.attributes.get(base, ())]
    members: dict[str, Any] = {
        "__module__": __name__,
        "__init__": begin,
        "name": _text(description, "name", 100),
        "version": _text(description, "version", 40),
        "needs": frozenset(_texts(description, "needs")),
        "uses": frozenset(_texts(description, "uses")),
        **{name: _told(name) for name in ("label", *attributes)},
        **{name: forward(name) for base in of for name in border.calls[base]},
    }
    return types.new_class("RemoteMethod", (Handle, *bases), exec_body=lambda body: body.update(members))


def _told(name: str) -> property:
    return property(lambda self: self._told[name])


def _text(of: Mapping[str, Any], name: str, most: int) -> str:
    value = of.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise Garbled(f"a method with a wrong {name}")
    return value


def _texts(of: Mapping[str, Any], name: str) -> list[str]:
    value = of.get(name)
    if not isinstance(value, list) or len(value) > 20 or not all(isinstance(v, str) and WORD.match(v) for v in value):
        raise Garbled(f"a method with wrong {name}")
    return value


def _plain(name: str, value: Any) -> Any:
    """Return an attribute that the protocol reads: a finite number, a short text, or several such."""
    if isinstance(value, dict):
        if len(value) > 20 or not all(isinstance(key, str) and key.isprintable() and len(key) <= 100 for key in value):
            raise Garbled(f"a method with a wrong {name}")
        return {key: _plain(name, each) for key, each in value.items()}
    if isinstance(value, list | tuple) and len(value) <= 20:
        return type(value)(_plain(name, each) for each in value)
    if value is None or (isinstance(value, int | float) and math.isfinite(value)):
        return value
    if isinstance(value, str) and len(value) <= 100:
        return value
    raise Garbled(f"a method with a wrong {name}")

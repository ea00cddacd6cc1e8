"""References: objects of the judge that a method may call, and what stands for them in the host."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from suite.contracts import Border, Reference
from suite.run.split.arrays import Garbled
from suite.run.split.codec import Take, Tell

Use: TypeAlias = Callable[..., Any]
"""From a reference's number, the name of a call or attribute, and the arguments, to what comes of it."""


class Given:
    """The judge's objects that were handed to a host, by number."""

    def __init__(self, border: Border) -> None:
        self._border = border
        self._objects: list[tuple[Any, Reference]] = []
        self._numbers: dict[tuple[int, Reference], int] = {}

    def named(self, value: Any, reference: Reference | None) -> tuple[Any, Take | None] | None:
        """Return how the host calls an object and what takes over what was written to it; None if it is sent itself."""
        found = reference or next((r for kind, r in self._border.objects.items() if isinstance(value, kind)), None)
        if found is None:
            return None
        key = (id(value), found)
        if key not in self._numbers:
            self._numbers[key] = len(self._objects)
            self._objects.append((value, found))  # kept, so that the number stays its own
        named = {"number": self._numbers[key], "kind": self._border.references.index(found)}
        if not found.written:
            return named, None
        written = getattr(value, found.written)
        return {**named, "written": dict(written)}, lambda contents: _take(written, contents)

    def object(self, number: Any) -> Any:
        """Return the object of a number."""
        return self._entry(number)[0]

    def use(self, number: Any, name: Any, arguments: Any, named: Any) -> Any:
        """Do what the host asks of an object: one of the calls that its reference allows, or an attribute to read."""
        value, reference = self._entry(number)
        if name in reference.calls:
            return getattr(value, name)(*arguments, **named)
        if name in reference.reads:
            return getattr(value, name)
        raise Garbled("a call that its reference does not allow")

    def _entry(self, number: Any) -> tuple[Any, Reference]:
        if type(number) is not int or not 0 <= number < len(self._objects):
            raise Garbled("a reference to nothing")
        return self._objects[number]


class StandIns:
    """What stands for the judge's objects in the host: one object for each, as long as the host lives."""

    def __init__(self, border: Border, use: Use) -> None:
        self._border, self._use = border, use
        self._made: dict[int, Any] = {}

    def named(self, value: Any) -> Any:
        """Return how the judge calls what an object stands for; None if it stands for nothing."""
        return {"number": value._number} if hasattr(type(value), "_reference") else None

    def object(self, number: int, kind: int, written: dict[str, Any] | None = None) -> tuple[Any, Tell | None]:
        """Return what stands for an object, and what tells what was written to it since."""
        reference = self._border.references[kind]
        if number not in self._made:
            made: Any = object.__new__(_class(reference))
            vars(made).update(_number=number, _use=self._use)
            if reference.written:
                setattr(made, reference.written, written)
            self._made[number] = made
        made = self._made[number]
        if written is None:
            return made, None
        kept = getattr(made, reference.written)
        _take(kept, written)
        return made, lambda: dict(kept)


def _take(old: dict[str, Any], new: Any) -> None:
    """Write new contents into tensors by name, which stay the same objects.

    Raises:
        ValueError: the names or shapes are others.
    """
    if not isinstance(new, dict) or old.keys() != new.keys():
        raise ValueError("other names")
    for name, tensor in old.items():
        if tensor.shape != new[name].shape or tensor.dtype != new[name].dtype:
            raise ValueError(f"{name} has the shape {list(new[name].shape)}")
        if tensor is not new[name]:
            tensor.copy_(new[name])


@cache
def _class(reference: Reference) -> type:
    def forward(name: str) -> Callable[..., Any]:
        return lambda self, *arguments, **named: self._use(self._number, name, list(arguments), named)

    def read(name: str) -> property:
        return property(lambda self: self._use(self._number, name, [], {}))

    members = {name: forward(name) for name in reference.calls} | {name: read(name) for name in reference.reads}
    return type(reference.base.__name__, (reference.base,), {**members, "_reference": reference})

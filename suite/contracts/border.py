"""Borders: what may pass between a track's protocol and a method whose code runs in another process.

The protocol runs in the *judge*, beside labels and scores; the method in its *host*, which has neither.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from suite.contracts.method import Method


@dataclass(frozen=True)
class Reference:
    """An object of the judge that stays there, and that a method may call.

    Attributes:
        base: the class of what stands for it in the host, which the method may ask for; its other methods run there.
        calls: methods of it that a method may call, ``__len__``, ``__getitem__`` and ``__call__`` among them.
        reads: attributes of it that a method may read.
        written: an attribute with tensors by name that a method may write to in place, while it is called.
    """

    base: type = object
    calls: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    written: str = ""


LOG = Reference(calls=("__call__",))
"""A function that takes a text, as `Context.log`."""


@dataclass(frozen=True)
class Border:
    """What passes between the judge and a method of a track. Whatever is not named here, besides plain data, tensors
    and arrays, does not pass.

    Attributes:
        calls: by contract, the methods of a method that the protocol calls; those in ``of_class`` on its class.
        attributes: by contract, what the protocol reads of a method: numbers, texts, and mappings and lists of such.
        values: frozen dataclasses that are copied.
        fields: by dataclass and field, what is handed over as a reference instead.
        objects: by class, objects that are handed over as a reference wherever they stand.
        seeded: calls before which torch's global generator is seeded with the cell's seed.
        functions: what the protocol may have done in the host, by name as ``"package.module:function"``; see `Remote`.
        errors: exceptions that a method may catch when it calls a reference, besides Python's own.
        stays: by class, objects of the host that stay there, and what is made of a handle on one in the judge.
    """

    calls: Mapping[type[Method], tuple[str, ...]]
    attributes: Mapping[type[Method], tuple[str, ...]] = field(default_factory=dict)
    of_class: frozenset[str] = frozenset()
    values: tuple[type, ...] = ()
    fields: Mapping[tuple[type, str], Reference] = field(default_factory=dict)
    objects: Mapping[type, Reference] = field(default_factory=dict)
    seeded: frozenset[str] = frozenset()
    functions: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[type[Exception], ...] = ()
    stays: Mapping[type, Callable[[Remote], Any]] = field(default_factory=dict)

    @property
    def references(self) -> tuple[Reference, ...]:
        """Every kind of reference, in an order that judge and host agree on."""
        return tuple(dict.fromkeys((*self.fields.values(), *self.objects.values())))


class Remote(ABC):
    """Stands in the judge for an object of the host: a method, or what a method returned and a border lets stay."""

    @abstractmethod
    def ask(self, function: str, *arguments: Any) -> Any:
        """Have a function of the border's ``functions`` called in the host, with that object before the arguments."""

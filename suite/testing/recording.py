"""A method that keeps what it is given while it is asked: what it could read, and what it answered."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Method
from suite.testing.reach import FEWEST, arrays

LONGEST = 1_000_000


@dataclass
class Recorded:
    """What a method was given: (call, where, array) of each vector in reach, and the (call, answer) of each call."""

    arrays: list[tuple[str, str, NDArray[Any]]] = field(default_factory=list)
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def look(self, call: str, given: tuple[Any, ...]) -> None:
        """Keep a copy of each vector that can be reached."""
        for where, array in arrays(*given):
            if FEWEST <= len(array) <= LONGEST:
                self.arrays.append((call, where, np.array(array)))


def recorder(method: type[Method]) -> tuple[type[Method], Recorded]:
    """Return a subclass that records each call of what its contract asks, and the record."""
    recorded = Recorded()
    asked = {
        name
        for base in method.__mro__
        if issubclass(base, Method) and base is not Method and not base.__module__.startswith("suite.contracts")
        for name, value in vars(base).items()
        if callable(value) and not isinstance(value, type) and not name.startswith("_")
    }
    wrapped = {name: _wrapped(name, getattr(method, name), recorded) for name in asked}
    kind: type[Method] = type(method.__name__, (method,), {**wrapped, "__module__": method.__module__})
    return kind, recorded


def _wrapped(name: str, original: Callable[..., Any], recorded: Recorded) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(self: Any, *given: Any, **named: Any) -> Any:
        recorded.look(f"{name}()", (*given, *named.values()))
        answer = original(self, *given, **named)
        recorded.calls.append((name, answer))
        return answer

    return call

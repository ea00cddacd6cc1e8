"""Values as JSON and arrays, and back: plain data, tensors, arrays, and what a track's border names. Nothing else.

A dataclass that has passed within a call is named by its number when it is sent again, in either direction: it is the
same object on each side, as it would be in one process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from suite.contracts import Border, Reference
from suite.lazy import torch
from suite.run.split.arrays import Garbled, packed, unpacked

if TYPE_CHECKING:
    from torch import Tensor

DEPTH, ITEMS, TEXT = 32, 1_000_000, 1_000_000
"""Largest depth, number of parts, and length of a text in what one frame holds."""
REMEMBERED = 64
"""Dataclasses that a call remembers, the latest ones."""
PLAIN = (type(None), bool, int, float)
Take: TypeAlias = Callable[[Any], Any]
Tell: TypeAlias = Callable[[], Any]


class Memory:
    """The dataclasses that have passed within a call, by number; both sides forget the same ones."""

    def __init__(self) -> None:
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._next = 0

    def add(self, value: Any) -> int:
        """Remember an object, and return its number."""
        number, self._next = self._next, self._next + 1
        self._objects[number], self._numbers[id(value)] = value, number
        if len(self._objects) > REMEMBERED:
            oldest = next(iter(self._objects))
            self._numbers.pop(id(self._objects.pop(oldest)), None)
        return number

    def number(self, value: Any) -> int | None:
        """Return the number of an object that is remembered, else None."""
        return self._numbers.get(id(value))

    def object(self, number: Any) -> Any:
        """Return a remembered object."""
        try:
            return self._objects[number]
        except (KeyError, TypeError):
            raise Garbled("an object that never passed") from None

    def copy(self) -> Memory:
        """Return a memory of the same objects."""
        made = Memory()
        made._objects, made._numbers, made._next = dict(self._objects), dict(self._numbers), self._next
        return made

    def clear(self) -> None:
        """Forget everything."""
        self._objects.clear()
        self._numbers.clear()
        self._next = 0


@dataclass
class Codec:
    """Writes and reads the values of one side of a border.

    Attributes:
        border: what may pass.
        own: from an object that stays on this side, as which reference, to the data that name it there, and to what
            takes over what was written to it there; None if it is sent by value.
        other: from such data, which the other side sent, to what stands for the object here, and to what tells what
            was written to it meanwhile.
        trusted: whether the other side may send anything that the border names, networks and devices included.
    """

    border: Border
    own: Callable[[Any, Reference | None], tuple[Any, Take | None] | None]
    other: Callable[[Any], tuple[Any, Tell | None]]
    trusted: bool
    memory: Memory = field(default_factory=Memory)

    def __post_init__(self) -> None:
        self.use(self.border)

    def use(self, border: Border) -> None:
        """Let pass what another border names."""
        self.border = border
        self._values = {value.__name__: value for value in self.border.values}
        self._names = {value: value.__name__ for value in self.border.values}

    def write(self, value: Any) -> tuple[bytes, list[Any], list[Take]]:
        """Return a value's text, the buffers of its arrays, and what takes over what a call changes in place.

        Raises:
            TypeError: something of it does not pass.
        """
        writing, before = _Writing(self), self.memory.copy()
        try:
            text = json.dumps(writing.plain(value, 0), separators=(",", ":")).encode()
            return text, list(packed(writing.arrays)) if writing.arrays else [], writing.moved
        except Exception:
            self.memory = before  # the other side sees nothing of it
            raise

    def read(self, text: bytes, content: Any) -> tuple[Any, list[Tell]]:
        """Return the value that a frame holds, and what tells what has become of what is changed in place.

        Raises:
            Garbled: it holds something that does not pass.
        """
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Garbled("a text that is not JSON") from error
        reading = _Reading(self, unpacked(content) if len(content) else [])
        try:
            return reading.value(document, 0), reading.moved
        except (LookupError, ArithmeticError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise Garbled(f"a value that cannot be read ({type(error).__name__}: {error})") from error


class _Writing:
    def __init__(self, codec: Codec) -> None:
        self.codec, self.arrays = codec, list[Any]()
        self.moved: list[Take] = []

    def plain(self, value: Any, depth: int) -> Any:
        if isinstance(value, PLAIN) and type(value) in PLAIN:
            return value
        if type(value) is str:
            return value.encode("utf-8", "replace").decode()
        if depth > DEPTH:
            raise TypeError("a value that is nested too deeply does not pass")
        if type(value) is list:
            return [self.plain(each, depth + 1) for each in value]
        if type(value) is tuple:
            return {"tuple": [self.plain(each, depth + 1) for each in value]}
        if isinstance(value, dict):
            return {"dict": [[self.plain(k, depth + 1), self.plain(v, depth + 1)] for k, v in value.items()]}
        if isinstance(value, slice):
            return {"slice": [self.plain(each, depth + 1) for each in (value.start, value.stop, value.step)]}
        return self._object(value, depth)

    def _object(self, value: Any, depth: int) -> Any:
        if (staying := self._staying(value, None, depth)) is not None:
            return staying
        if isinstance(value, np.generic):
            return self.plain(value.item(), depth + 1)
        if isinstance(value, np.ndarray):
            return {"array": self._array(torch.from_numpy(np.array(value, order="C")))}
        if isinstance(value, torch.Generator):
            self.moved.append(value.set_state)
            return {"generator": self._array(value.get_state())}
        if isinstance(value, torch.Tensor):
            device = value.device.type
            return {"tensor": self._array(value), **({} if device == "cpu" else {"device": device})}
        if isinstance(value, torch.nn.Module):
            return {"network": self._network(value, depth)}
        if type(value) in self.codec._names:
            return self._dataclass(value, depth)
        if isinstance(value, Sequence) and not isinstance(value, bytes | str):
            return [self.plain(each, depth + 1) for each in value]
        if isinstance(value, Mapping):
            return self.plain(dict(value), depth)
        if isinstance(value, str | int | float):  # an enumeration, say
            return self.plain(next(kind for kind in (str, int, float) if isinstance(value, kind))(value), depth)
        raise TypeError(
            f"a {type(value).__module__}.{type(value).__qualname__} does not pass between a method and its judge"
        )

    def _staying(self, value: Any, reference: Reference | None, depth: int) -> Any:
        owned = self.codec.own(value, reference)
        if owned is None:
            return None
        named, take = owned
        if take is not None:
            self.moved.append(take)
        return {"stays": self.plain(named, depth + 1)}

    def _array(self, tensor: Tensor) -> int:
        self.arrays.append(tensor)
        return len(self.arrays) - 1

    def _dataclass(self, value: Any, depth: int) -> Any:
        known = self.codec.memory.number(value)
        if known is not None:
            return {"known": known}
        kind, border = type(value), self.codec.border
        parts: dict[str, Any] = {}
        for each in fields(value):
            if not each.init:
                continue
            part = getattr(value, each.name)
            owners = (base for base in kind.__mro__ if (base, each.name) in border.fields)
            reference = next((border.fields[base, each.name] for base in owners), None)
            if reference is not None and part is not None:
                parts[each.name] = self._staying(part, reference, depth)
            else:
                parts[each.name] = self.plain(part, depth + 1)
        self.codec.memory.add(value)
        return {"value": self.codec._names[kind], "of": parts}

    def _network(self, network: Any, depth: int) -> Any:
        architecture = getattr(network, "built_as", None)
        if architecture is None:
            raise TypeError(f"a {type(network).__name__} that no architecture by name built does not pass")
        devices = {tensor.device.type for tensor in network.state_dict().values()}
        parts = [architecture, dict(network.state_dict()), next(iter(devices), "cpu"), network.training]
        return self.plain(parts, depth + 1)


class _Reading:
    def __init__(self, codec: Codec, arrays: list[Tensor]) -> None:
        self.codec, self.arrays, self.items = codec, arrays, 0
        self.moved: list[Tell] = []

    def value(self, document: Any, depth: int) -> Any:
        self.items += 1
        if not self.codec.trusted and (depth > DEPTH or self.items > ITEMS):
            raise Garbled("a value that is nested too deeply, or has too many parts")
        if isinstance(document, str):
            if not self.codec.trusted and len(document) > TEXT:
                raise Garbled(f"a text of {len(document):,} characters")
            return document
        if isinstance(document, PLAIN):
            if isinstance(document, int) and abs(document) >= 2**63 and not self.codec.trusted:
                raise Garbled("a number that is too large")
            return document
        if isinstance(document, list):
            return [self.value(each, depth + 1) for each in document]
        return self._object(dict(document), depth)

    def _object(self, of: dict[str, Any], depth: int) -> Any:
        match next(iter(of), ""):
            case "tuple":
                return tuple(self.value(each, depth + 1) for each in of["tuple"])
            case "dict":
                return {self.value(key, depth + 1): self.value(each, depth + 1) for key, each in of["dict"]}
            case "slice":
                start, stop, step = of["slice"]
                return slice(*(self.value(each, depth + 1) for each in (start, stop, step)))
            case "tensor":
                tensor = self.arrays[of["tensor"]]
                return tensor.to(of["device"]) if self.codec.trusted and "device" in of else tensor
            case "array":
                return self.arrays[of["array"]].numpy()
            case "generator":
                generator = torch.Generator()
                generator.set_state(self.arrays[of["generator"]].clone())
                self.moved.append(generator.get_state)
                return generator
            case "known":
                return self.codec.memory.object(of["known"])
            case "stays":
                value, tell = self.codec.other(self.value(of["stays"], depth + 1))
                if tell is not None:
                    self.moved.append(tell)
                return value
            case "value":
                kind = self.codec._values[of["value"]]
                parts = {name: self.value(part, depth + 1) for name, part in of["of"].items()}
                made = kind(**parts)
                self.codec.memory.add(made)
                return made
            case "network" if self.codec.trusted:
                return self._network(*self.value(of["network"], depth + 1))
        raise Garbled("a value of no kind")

    def _network(self, architecture: Any, state: dict[str, Tensor], device: str, training: bool) -> Any:
        with torch.random.fork_rng(devices=[]):  # its weights are not those that it is built with
            network = architecture.build()
        network.load_state_dict(state)
        return network.to(device).train(training)

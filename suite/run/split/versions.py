"""How often tensors inside a value were changed in place: torch counts it, so that nothing need be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from suite.lazy import torch

DEPTH = 4


def versions(value: Any, depth: int = DEPTH) -> Iterator[int]:
    """Yield the count of each tensor that lists, mappings and dataclasses hold, in their order.

    What is written to by way of NumPy is not counted.
    """
    if isinstance(value, torch.Tensor):
        if not value.is_inference():  # of these torch keeps no count
            yield value._version
    elif depth and isinstance(value, list | tuple):
        for each in value:
            yield from versions(each, depth - 1)
    elif depth and isinstance(value, Mapping):
        for each in value.values():
            yield from versions(each, depth - 1)
    elif depth and is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from versions(getattr(value, part.name, None), depth - 1)

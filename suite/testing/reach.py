"""Every array that can be reached from what a method is given, without calling anything."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.lazy import torch

FEWEST = 8
"""Numbers below which an array says too little to be taken for labels."""
LEAVES = (str, bytes, int, float, bool, complex, type(None), type, types.ModuleType)


def arrays(*roots: Any, most: int = 200_000) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield (where, array) for each one-dimensional array, tensor or list of numbers that is held, with its path.

    It goes through attributes, slots, containers, closures and bound objects, not through classes, modules and the
    globals of functions, which belong to the process and not to what was handed over. ``most`` objects are looked at.
    """
    waiting: list[tuple[str, Any]] = [(f"argument {number}", root) for number, root in enumerate(roots)]
    known: dict[int, Any] = {}  # keeps what was met alive, so that no other object gets its address
    while waiting and len(known) < most:
        where, held = waiting.pop()
        if isinstance(held, LEAVES) or id(held) in known:
            continue
        known[id(held)] = held
        array = _array(held)
        if array is not None:
            yield where, array
        else:
            waiting += _inside(where, held)


def _array(held: Any) -> NDArray[Any] | None:
    """Return a vector of numbers, or an empty array for arrays of another shape, or None for what is none."""
    if isinstance(held, torch.Tensor):
        held = held.detach().cpu().numpy() if held.dtype != torch.bfloat16 else held.detach().float().cpu().numpy()
    if isinstance(held, list | tuple) and len(held) >= FEWEST and all(isinstance(each, int | float) for each in held):
        held = np.array(held)
    if not isinstance(held, np.ndarray) or held.dtype.kind == "O":
        return None
    vector = held.reshape(-1) if held.ndim and held.size == max(held.shape) else held[:0]
    return vector if vector.ndim == 1 and vector.dtype.kind in "iufb" else np.empty(0)


def _inside(where: str, held: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(held, Mapping):
        for key, value in list(held.items()):
            yield f"{where}[{key!r:.40}]", value
            yield f"{where} key", key
    elif isinstance(held, list | tuple | set | frozenset):
        yield from ((f"{where}[{number}]", each) for number, each in enumerate(held))
    elif isinstance(held, np.ndarray):  # of objects
        yield from ((f"{where}[{number}]", each) for number, each in enumerate(held.ravel().tolist()))
    elif isinstance(held, types.FunctionType):
        cells = held.__closure__ or ()
        for name, cell in zip(held.__code__.co_freevars, cells, strict=True):
            try:
                yield f"{where} closes over {name}", cell.cell_contents
            except ValueError:  # not filled yet
                continue
    elif isinstance(held, types.MethodType):
        yield f"{where}.__self__", held.__self__
    else:
        yield from ((f"{where}.{name}", value) for name, value in list(getattr(held, "__dict__", {}).items()))
        for kind in type(held).__mro__:
            names = kind.__dict__.get("__slots__", ())
            for name in (names,) if isinstance(names, str) else names:
                if hasattr(held, name):
                    yield f"{where}.{name}", getattr(held, name)

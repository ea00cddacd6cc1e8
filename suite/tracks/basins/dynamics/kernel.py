"""Simulation compiled by numba, from the source that torch runs: the same bits, many times faster.

A kernel is compiled when it is first needed and kept in numba's cache: beside this file or, where that folder cannot be
written, in the user's cache folder. Nothing is fused, reordered or taken from a mathematical library, so that neither
the width of the processor's vectors nor how trajectories are cut up changes a bit.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from threading import Lock
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast

import numba
import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.extending import intrinsic, overload, register_jitable

from suite.hashing import digest
from suite.tracks.basins.dynamics import elementary
from suite.tracks.basins.dynamics.counter import normal_pair

if TYPE_CHECKING:
    from suite.tracks.basins.dynamics.potential import Gradient

    Kernel = Callable[..., None]

_LANES = 128  # trajectories side by side: what they need stays in the processor's nearest cache
_STEPS = 16  # at a time; even, since one word makes two numbers
_NUMBERS, _KEYS, _INTEGER = types.float64[:, ::1], types.int64[::1], types.int64
_FRAMES, _STARTS, _DOUBLE = types.float32[:, :, ::1], types.float32[:, ::1], types.float64


def _fill(numbers: Any, keys: Any, first: int) -> None:
    """Write the normal numbers of each key [N], from its word ``first`` on, into ``numbers`` [2 * words, N or more]."""
    for word in range(len(numbers) // 2):
        cosines, sines = numbers[2 * word], numbers[2 * word + 1]
        for lane in range(len(keys)):
            cosines[lane], sines[lane] = normal_pair((first + word + 1) * keys[lane])


def _advance(states: Any, starts: Any, keys: Any, every: int, rate: float, sigma: float, mean: int) -> None:
    """Write the states of N trajectories into ``states`` [N, frames, d], where d is 1 or 2.

    ``mean`` is 1 for noise that is the sum of two successive numbers, else 0. On a line, y is noise that nobody reads.
    """
    frames, axes = states.shape[1:]
    x, y = np.zeros(_LANES), np.zeros(_LANES)
    numbers = np.zeros((((_STEPS + mean) * axes + 1) // 2 * 2, _LANES))
    for begin in range(0, len(starts), _LANES):
        lanes = min(_LANES, len(starts) - begin)
        for lane in range(lanes):
            x[lane], y[lane] = starts[begin + lane, 0], starts[begin + lane, axes - 1]
        for first in range(0, frames * every, _STEPS):
            fill(numbers, keys[begin : begin + lanes], first * axes // 2)
            for row in range(mean * _STEPS * axes):
                for lane in range(lanes):
                    numbers[row, lane] += numbers[row + axes, lane]
            for step in range(min(_STEPS, frames * every - first)):
                along, across = numbers[step * axes], numbers[step * axes + axes - 1]
                for lane in range(lanes):
                    slope_x, slope_y = slopes(x[lane], y[lane])
                    x[lane] = x[lane] + slope_x * rate + along[lane] * sigma
                    y[lane] = y[lane] + slope_y * rate + across[lane] * sigma
                frame, left = divmod(first + step + 1, every)
                if left == 0:
                    for lane in range(lanes):
                        states[begin + lane, frame - 1, 0] = x[lane]
                        if axes == 2:
                            states[begin + lane, frame - 1, 1] = y[lane]


def slopes(x: float, y: float) -> tuple[float, float]:
    """Stand for a gradient; each kernel has its own in this place."""
    raise NotImplementedError


def _compile(function: Any, signature: Any, about: Any, **used: Any) -> Kernel:
    # Numba's cache is named by the function and asks whether this file has changed. The name covers all else, and the
    # processor, since numba may mix up what several write under one name at once.
    host = [binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()]
    named = FunctionType(function.__code__, {**globals(), **used}, function.__name__)
    named.__qualname__ = f"{function.__name__}-{digest([about, host])[:20]}"
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        compiled: Kernel = numba.njit(signature, cache=True, **options)(named)
    except RuntimeError:  # no folder for the cache that can be written
        compiled = numba.njit(signature, **options)(named)
    return compiled


def _typed_bits(_: Any, number: Any) -> Any:
    return _INTEGER(_DOUBLE), lambda _, builder, __, given: builder.bitcast(given[0], ir.IntType(64))


def _typed_double(_: Any, bits: Any) -> Any:
    return _DOUBLE(_INTEGER), lambda _, builder, __, given: builder.bitcast(given[0], ir.DoubleType())


def _typed_where(_: Any, condition: Any, first: Any, second: Any) -> Any:
    # Not Python's ``if``, which becomes a jump, over which nothing is computed side by side.
    return _DOUBLE(types.boolean, _DOUBLE, _DOUBLE), lambda _, builder, __, given: builder.select(*given)


_bits, _double, _where = (cast(Any, intrinsic(typed)) for typed in (_typed_bits, _typed_double, _typed_where))
overload(elementary.bits)(lambda number: lambda number: _bits(number))
overload(elementary.double)(lambda bits: lambda bits: _double(bits))
overload(elementary.root)(lambda number: lambda number: np.sqrt(number))
overload(elementary.where)(
    lambda condition, first, second: lambda condition, first, second: _where(condition, first, second)
)
_PRIMITIVES = (elementary.bits, elementary.double, elementary.root, elementary.where)
_registered: set[FunctionType] = set()


def _register(function: Any) -> list[Any]:
    """Let kernels call a function and those that it uses, and return what their machine code depends on."""
    names = inspect.getclosurevars(function)
    used = {**names.globals, **names.nonlocals}
    functions = {name: value for name, value in used.items() if isinstance(value, FunctionType)}
    inner = [[name, _register(value)] for name, value in functions.items() if value not in _PRIMITIVES]
    if function not in _registered:
        _registered.add(function)
        register_jitable(forceinline=True)(function)
    code = function.__code__
    constants = repr([(name, value) for name, value in used.items() if isinstance(value, int | float | tuple)])
    return [code.co_code.hex(), repr(code.co_consts), list(code.co_names), constants, inner]


_normals = _register(normal_pair)
fill = _compile(_fill, types.void(_NUMBERS, _KEYS, _INTEGER), _normals)
_compiled: dict[tuple[Gradient, int], Kernel] = {}
_one_at_a_time = Lock()


def kernel(gradient: Gradient, dimension: int) -> Kernel:
    """Return `_advance` with an exact gradient in one or two dimensions, compiled the first time."""

    def along(x: Any, y: Any) -> tuple[Any, float]:
        return gradient(x)[0], 0.0

    with _one_at_a_time:
        if not is_compiled(gradient, dimension):
            slopes: Any = along if dimension == 1 else gradient
            signature = types.void(_FRAMES, _STARTS, _KEYS, _INTEGER, _DOUBLE, _DOUBLE, _INTEGER)
            compiled = _compile(_advance, signature, [_normals, _register(slopes)], slopes=slopes)
            _compiled[gradient, dimension] = compiled
    return _compiled[gradient, dimension]


def is_compiled(gradient: Gradient, dimension: int) -> bool:
    """Tell whether this process has the kernel already."""
    return (gradient, dimension) in _compiled

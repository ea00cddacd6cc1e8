"""What `bank` does with the bounds, compiled by numba: the same values, several times faster.

Bounds are read as the integers of their bits, which are ordered as the numbers are where these are positive.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def _jit(**options: Any) -> Callable[[F], F]:
    """Compile a function at its first call, and keep it beside this file or in the user's cache if either can be."""

    def decorate(function: F) -> F:
        try:
            return cast("F", njit(nogil=True, cache=True, **options)(function))
        except RuntimeError:  # no folder for the cache that can be written
            return cast("F", njit(nogil=True, **options)(function))

    return decorate


FINE, COARSE = 8, 64  # columns of a group, and of a group of groups


@_jit(fastmath={"reassoc", "contract", "nsz"})
def _product(query: Any, row: Any) -> Any:
    total = row.dtype.type(0)
    for axis in range(len(row)):
        total += row[axis] * query[axis]
    return total


@_jit(fastmath={"reassoc", "contract", "nsz"})
def _distance(query: Any, row: Any) -> Any:
    total = row.dtype.type(0)
    for axis in range(len(row)):
        difference = row[axis] - query[axis]
        total += difference * difference
    return -total


@_jit()
def _closeness(query: Any, row: Any, product: bool) -> Any:
    """Return minus the squared distance, or the product; the processor's vectors set the order of the sum."""
    return _product(query, row) if product else _distance(query, row)


@_jit()
def of_all(queries: Any, bank: Any, product: bool, values: Any) -> None:
    """Write the closeness [B, N] of all pairs."""
    for number in range(len(queries)):
        for other in range(len(bank)):
            values[number, other] = _closeness(queries[number], bank[other], product)


@_jit()
def _insert(value: Any, row: int, values: Any, rows: Any, count: int) -> int:
    """Insert a value into the best so far [k], of which there are ``count``, in falling order; return the new count."""
    place = min(count, len(values) - 1)
    while place > 0 and values[place - 1] < value:
        values[place], rows[place] = values[place - 1], rows[place - 1]
        place -= 1
    values[place], rows[place] = value, row
    return min(count + 1, len(values))


@_jit()
def _bits(worst: float, constants: Any, square: float, shift: float, halfword: bool) -> tuple[int, bool]:
    """Return the bits of the threshold, as `Screen.thresholds` has it, rounded down, and whether it is positive."""
    product, scale, inexact, error, least = constants
    bound = worst * scale
    if product == 0.0:
        bound = (square - (-worst * scale * (1 + inexact) + least)) / 2
    bound = bound - shift - error * abs(shift)
    bound -= 1e-6 * abs(bound) + 1e-37
    if not bound > -1e38:
        return 0, False
    pattern = int(np.float32(bound).view(np.int32))
    if bound > 0:
        return (pattern - 1) >> 16 if halfword else pattern - 1, True
    return (pattern >> 16) + 1 if halfword else pattern + 1, False


@_jit()
def _maxima(line: Any, highest: Any) -> None:
    """Write the maxima of groups: group g of G holds the columns g, g + G, g + 2 G, ..."""
    groups = len(highest)
    for group in range(groups):
        highest[group] = line[group]
    for start in range(groups, len(line), groups):
        part = line[start : start + groups]
        for group in range(groups):
            highest[group] = max(highest[group], part[group])


@_jit()
def _holder(line: Any, group: int, groups: int, value: int) -> int:
    """Return the first column of a group that holds a value."""
    column = group
    while line[column] != value:
        column += groups
    return column


@_jit()
def search(
    bounds: Any,
    offset: int,
    queries: Any,
    bank: Any,
    constants: Any,
    squares: Any,
    shifts: Any,
    values: Any,
    rows: Any,
    counts: Any,
) -> None:
    """Merge into the best so far, ``values`` and ``rows`` [B, k] of ``counts`` [B], those of a block of the bank.

    ``bounds`` [B, n] belong to the bank's rows from ``offset`` on, and n is a multiple of COARSE. Where nothing is
    found yet, seeds are computed first, the highest bounds of the k highest groups: the worst is a good threshold.
    """
    columns, k = bounds.shape[1], values.shape[1]
    real = min(columns, len(bank) - offset)
    product, halfword = constants[0] != 0.0, bounds.itemsize == 2
    fine, coarse = np.empty(columns // FINE, bounds.dtype), np.empty(columns // COARSE, bounds.dtype)
    seen = np.full(columns, -1, np.int32)
    for number in range(len(bounds)):
        line, query, best, names = bounds[number], queries[number], values[number], rows[number]
        count = counts[number]
        _maxima(line, fine)
        _maxima(fine, coarse)
        if count == 0:
            few = 2 * k <= len(coarse)
            tops = coarse if few else line
            level = np.partition(tops, len(tops) - k)[len(tops) - k]
            for group in range(len(tops)):
                if tops[group] >= level and count < k:
                    column = group
                    if few:
                        column = _holder(fine, group, len(coarse), tops[group])
                        column = _holder(line, column, len(fine), tops[group])
                    if column < real:
                        seen[column] = number
                        value = _closeness(query, bank[offset + column], product)
                        count = _insert(value, offset + column, best, names, count)
        worst = float(best[k - 1]) if count == k else -np.inf
        goal, positive = _bits(worst, constants, squares[number], shifts[number], halfword)
        for part in range(len(coarse)):
            if positive and coarse[part] < goal:
                continue
            for group in range(part, len(fine), len(coarse)):
                if positive and fine[group] < goal:
                    continue
                for column in range(group, real, len(fine)):
                    bits = line[column]
                    if (bits < goal if positive else goal < bits < 0) or seen[column] == number:
                        continue
                    value = _closeness(query, bank[offset + column], product)
                    if count < k or value > best[k - 1]:
                        count = _insert(value, offset + column, best, names, count)
                        if count == k and best[k - 1] > worst:
                            worst = float(best[k - 1])
                            goal, positive = _bits(worst, constants, squares[number], shifts[number], halfword)
        counts[number] = count

"""The search of a method's grid; each track says what a point's value is."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from suite.contracts import Method, Trial, Tuning
from suite.errors import SuiteError

M = TypeVar("M", bound=Method)


def search(
    method: type[M],
    fixed: Mapping[str, Any],
    grid: Mapping[str, Sequence[Any]],
    value_of: Callable[[M], float],
    measured: str,
    data: str,
) -> Tuning:
    """Return the point of the grid with the largest value, the first of equals, with all other parameters ``fixed``.

    A point at which the method raises ValueError, as with more neighbours than samples, is passed over and noted.
    ``measured`` and ``data`` are those of `Tuning`.

    Raises:
        SuiteError: the method fails at every point.
    """

    def trial(point: dict[str, Any]) -> Trial:
        try:
            return Trial(parameters=point, value=value_of(method(**fixed, **point)))
        except ValueError as error:
            return Trial(parameters=point, error=str(error)[:500])

    trials = tuple(trial(dict(zip(grid, values, strict=True))) for values in itertools.product(*grid.values()))
    valued = [(candidate.value, candidate) for candidate in trials if candidate.value is not None]
    if not valued:
        raise SuiteError(
            f"{method.name} fails with all values of its grid. The first error is: {trials[0].error}",
            place="--tune",
            next=f"suite methods show {method.name}",
        )
    value, best = max(valued, key=lambda pair: pair[0])
    return Tuning(chosen=best.parameters, value=value, measured=measured, data=data, trials=trials)

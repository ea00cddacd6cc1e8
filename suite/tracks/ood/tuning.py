"""Tuning a detector on validation data: ID validation against OOD validation, by AUROC.

Everything here takes a `Development`, which has no test split, so that no test sample can be reached from it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from suite.contracts import Method, TaskContext, Trial, Tuning
from suite.errors import SuiteError
from suite.models.network import Network
from suite.tracks.ood.fitting import fit
from suite.tracks.ood.metrics import auroc
from suite.tracks.ood.splits import Development


def tune(
    method: type[Method],
    fixed: Mapping[str, Any],
    grid: Mapping[str, Sequence[Any]],
    task: str,
    model: Network,
    splits: Development,
    context: TaskContext,
) -> Tuning:
    """Return the point of the grid with the largest mean AUROC over the OOD validation sets; the first of equals.

    A point at which the method fails, as with more neighbours than samples, is passed over and noted.

    Raises:
        SuiteError: there is no OOD validation data, or the method fails at every point.
    """
    if not splits.validation_ood:
        raise SuiteError(
            f"{task} has no OOD validation data at hand to tune on", place="--tune", next="suite run without --tune"
        )

    def measured(point: dict[str, Any]) -> Trial:
        try:
            value = _validation_auroc(method(**fixed, **point), task, model, splits, context)
        except ValueError as error:  # such as more neighbours than samples
            return Trial(parameters=point, error=str(error)[:500])
        return Trial(parameters=point, value=value)

    points = (dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values()))
    trials = tuple(map(measured, points))
    valued = [(trial.value, trial) for trial in trials if trial.value is not None]
    if not valued:
        raise SuiteError(
            f"{method.name} fails at every point of its grid, first with: {trials[0].error}",
            place="--tune",
            next=f"suite methods show {method.name}",
        )
    value, best = max(valued, key=lambda pair: pair[0])
    return Tuning(
        chosen=best.parameters,
        value=value,
        measured=f"mean AUROC of ID validation against {', '.join(splits.validation_ood)} (validation)",
        data=splits.validation_digest(context.resources),
        trials=trials,
    )


def _validation_auroc(method: Method, task: str, model: Network, splits: Development, context: TaskContext) -> float:
    """Return the mean over the OOD validation sets, from a random mixture of all validation samples."""
    fitted = fit(method, task, model, splits, context)
    tests = {"id": splits.validation, **splits.validation_ood}
    count = sum(len(split.rows(context.resources)) for split in tests.values())
    scores = fitted.judge(tests, context.rng("validation-order").permutation(count)).scores
    return float(np.mean([auroc(scores["id"], scores[name]) for name in splits.validation_ood]))

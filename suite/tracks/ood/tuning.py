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
    points = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    trials = tuple(_trial(method, fixed, point, task, model, splits, context) for point in points)
    valued = [trial for trial in trials if trial.value is not None]
    if not valued:
        raise SuiteError(
            f"{method.name} fails at every point of its grid, first with: {trials[0].error}",
            place="--tune",
            next=f"suite methods show {method.name}",
        )
    best = max(valued, key=lambda trial: trial.value or 0.0)
    return Tuning(
        chosen=best.parameters,
        value=best.value or 0.0,
        measured=f"mean AUROC of ID validation against {', '.join(splits.validation_ood)} (validation)",
        data=splits.validation_digest(context.resources),
        trials=trials,
    )


def _trial(
    method: type[Method],
    fixed: Mapping[str, Any],
    point: dict[str, Any],
    task: str,
    model: Network,
    splits: Development,
    context: TaskContext,
) -> Trial:
    try:
        fitted = fit(method(**fixed, **point), task, model, splits, context)
        tests = {"id": splits.validation, **splits.validation_ood}
        count = sum(len(split.rows(context.resources)) for split in tests.values())
        scores = fitted.judge(tests, context.rng("validation-order").permutation(count)).scores
    except ValueError as error:
        return Trial(parameters=point, error=str(error)[:500])
    values = [auroc(scores["id"], scores[name]) for name in splits.validation_ood]
    return Trial(parameters=point, value=float(np.mean(values)))

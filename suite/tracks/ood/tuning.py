"""Tuning a detector on validation data: ID validation against OOD validation, by AUROC.

Everything here takes a `Development`, which has no test split, so that no test sample can be reached from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from suite.contracts import Method, TaskContext, Tuning
from suite.errors import SuiteError
from suite.models.network import Network
from suite.tracks.grid_search import search
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

    Raises:
        SuiteError: there is no OOD validation data, or the method fails at every point.
    """
    if not splits.validation_ood:
        raise SuiteError(
            f"{task} has no OOD validation data at hand to tune on", place="--tune", next="suite run without --tune"
        )

    return search(
        method,
        fixed,
        grid,
        lambda candidate: _validation_auroc(candidate, task, model, splits, context),
        measured=f"mean AUROC of ID validation against {', '.join(splits.validation_ood)} (validation)",
        data=splits.validation_digest(context.resources),
    )


def _validation_auroc(method: Method, task: str, model: Network, splits: Development, context: TaskContext) -> float:
    """Return the mean over the OOD validation sets, from a random mixture of all validation samples."""
    fitted = fit(method, task, model, splits, context)
    tests = {"id": splits.validation, **splits.validation_ood}
    count = sum(len(split.rows(context.resources)) for split in tests.values())
    scores = fitted.judge(tests, context.rng("validation-order").permutation(count)).scores
    return float(np.mean([auroc(scores["id"], scores[name]) for name in splits.validation_ood]))

"""Tuning a detector on validation data: ID validation against OOD validation, by AUROC.

Everything here takes a `Development`, which has no test split, so that no test sample can be reached from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from suite.contracts import Column, TaskContext, Tuning
from suite.errors import SuiteError
from suite.models.network import Network
from suite.tracks.grid_search import search
from suite.tracks.ood.fitting import OODMethod, fit
from suite.tracks.ood.metrics import AUROC
from suite.tracks.ood.samples import DetectionSamples
from suite.tracks.ood.splits import Development


def tune(
    method: type[OODMethod],
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
    tests = {"id": splits.validation, **{f"near/{name}": split for name, split in splits.validation_ood.items()}}

    def validation_auroc(candidate: OODMethod) -> float:
        samples = DetectionSamples(**fit(candidate, model, splits, context).test(tests, "validation-order").arrays)
        value = samples.value(Column(metric=AUROC.name, subset="near"))
        assert value is not None
        return value.value

    return search(
        method,
        fixed,
        grid,
        validation_auroc,
        measured=f"mean AUROC of ID validation against {', '.join(splits.validation_ood)} (validation)",
        data=splits.validation_digest(context.resources),
    )

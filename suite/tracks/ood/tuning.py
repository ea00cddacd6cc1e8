"""What tuning maximises: AUROC on validation data. A `Development` has no test split, so nothing here reaches one."""

from __future__ import annotations

from suite.contracts import Column, TaskContext
from suite.models.network import Network
from suite.tracks.ood.fitting import OODMethod, fit
from suite.tracks.ood.metrics import AUROC
from suite.tracks.ood.samples import DetectionSamples
from suite.tracks.ood.splits import Development


def validation_auroc(method: OODMethod, model: Network, splits: Development, context: TaskContext) -> float:
    """Return the mean AUROC of ID validation against the OOD validation sets, from a mixture of all their samples."""
    tests = {"id": splits.validation, **{f"near/{name}": split for name, split in splits.validation_ood.items()}}
    samples = DetectionSamples(**fit(method, model, splits, context).test(tests, "validation-order").arrays)
    value = samples.value(Column(metric=AUROC.name, subset="near"))
    assert value is not None, "there is OOD validation data"
    return value.value

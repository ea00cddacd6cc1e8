"""What selecting costs, and what the buffer holds: the metrics that all tasks of the track share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Metric, Value
from suite.contracts.metric import Direction
from suite.contracts.samples import MEASURED
from suite.tracks.replay.learner import Learner

if TYPE_CHECKING:
    import pyarrow as pa


def _cost(name: str, unit: str, definition: str, direction: Direction = "lower") -> Metric:
    return Metric(name=name, direction=direction, bounds=(0, None), unit=unit, definition=definition)


COSTS = (
    _cost(
        "buffer_bytes",
        "bytes",
        "What the filled slots take at the end of the stream: inputs as stored, 8 bytes for each label, and 8 for each "
        "number that the method keeps with a slot.",
    ),
    _cost(
        "class_entropy",
        "bits",
        "Shannon entropy of the classes in the buffer at the end; log2 of their number if all have as many samples.",
        "higher",
    ),
    _cost(
        "selector_seconds",
        "s",
        "Wall-clock time inside the method and its partner, the passes that they asked for included. Compare it only "
        "on one machine.",
    ),
    _cost(
        "extra_forward_passes",
        "samples",
        "Samples that the model was given on the method's behalf, beyond what learning takes.",
    ),
    _cost(
        "extra_backward_passes",
        "samples",
        "Samples whose gradient was computed on the method's behalf, beyond what learning takes.",
    ),
)


def class_entropy(labels: NDArray[Any]) -> float:
    """Return the Shannon entropy of labels [N] in bits; 0 if there are none."""
    if not len(labels):
        return 0.0
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    return float(abs(-(shares * np.log2(shares)).sum()))


def costs(
    subset: str, classes: Sequence[NDArray[Any]], size: int, seconds: float, learner: Learner
) -> dict[Column, Value]:
    """Return the values of `COSTS` on a subset.

    Args:
        subset: that of the whole.
        classes: of the samples in each buffer, [N] each; their entropies are averaged.
        size: bytes in all buffers.
        seconds: inside the method.
        learner: which has counted the passes.
    """
    entropy = float(np.mean([class_entropy(labels) for labels in classes]))
    count = sum(len(labels) for labels in classes)
    values: tuple[float, ...] = (size, entropy, seconds, learner.forward_passes, learner.backward_passes)
    return {
        Column(metric=metric.name, subset=subset): Value(float(value), max(1, count))
        for metric, value in zip(COSTS, values, strict=True)
    }


def with_measured(table: pa.Table, older: Mapping[str, Sequence[float]], subset: str) -> pa.Table:
    """Return a table of an earlier version, which had ``metric -> (value, n)`` of a subset, as the suite has it now."""
    measured = [[metric, subset, value, n, False] for metric, (value, n) in older.items()]
    return table.replace_schema_metadata({**(table.schema.metadata or {}), MEASURED: json.dumps(measured).encode()})

"""What selecting costs, and what the buffer holds: the metrics that all tasks of the track share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Metric, Value
from suite.contracts.samples import MEASURED

if TYPE_CHECKING:
    import pyarrow as pa

BUFFER_BYTES = Metric(
    name="buffer_bytes",
    direction="lower",
    bounds=(0, None),
    unit="bytes",
    definition="What the filled slots take at the end of the stream: inputs as stored, 8 bytes for each label, and 8 "
    "for each number that the method keeps with a slot.",
)
CLASS_ENTROPY = Metric(
    name="class_entropy",
    direction="higher",
    bounds=(0, None),
    unit="bits",
    definition="Shannon entropy of the classes in the buffer at the end; log2 of their number if all have as many "
    "samples.",
)
SELECTOR_SECONDS = Metric(
    name="selector_seconds",
    direction="lower",
    bounds=(0, None),
    unit="s",
    definition="Wall-clock time inside the method, the passes that it asked for included. Compare it only on one "
    "machine.",
)
FORWARD_PASSES = Metric(
    name="extra_forward_passes",
    direction="lower",
    bounds=(0, None),
    unit="samples",
    definition="Samples that the model was given on the method's behalf, beyond what learning takes.",
)
BACKWARD_PASSES = Metric(
    name="extra_backward_passes",
    direction="lower",
    bounds=(0, None),
    unit="samples",
    definition="Samples whose gradient was computed on the method's behalf, beyond what learning takes.",
)
COSTS = (BUFFER_BYTES, CLASS_ENTROPY, SELECTOR_SECONDS, FORWARD_PASSES, BACKWARD_PASSES)


def class_entropy(labels: NDArray[np.int64]) -> float:
    """Return the Shannon entropy of labels [N] in bits; 0 if there are none."""
    if not len(labels):
        return 0.0
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    return float(abs(-(shares * np.log2(shares)).sum()))


def costs(
    subset: str, *, size: int, entropy: float, count: int, seconds: float, forward: int = 0, backward: int = 0
) -> dict[Column, Value]:
    """Return the values of `COSTS` on a subset, n being ``count``, or 1.

    Args:
        subset: that of the whole.
        size: bytes in the buffer.
        entropy: of its classes, in bits.
        count: samples in it.
        seconds: inside the method.
        forward, backward: samples passed on the method's behalf.
    """
    values = zip(COSTS, (size, entropy, seconds, forward, backward), strict=True)
    return {Column(metric=metric.name, subset=subset): Value(float(value), max(1, count)) for metric, value in values}


def with_measured(table: pa.Table, older: Mapping[str, Sequence[float]], subset: str) -> pa.Table:
    """Return a table of an earlier version, which had ``metric -> (value, n)`` of a subset, as the suite has it now."""
    measured = [[metric, subset, value, n, False] for metric, (value, n) in older.items()]
    return table.replace_schema_metadata({**(table.schema.metadata or {}), MEASURED: json.dumps(measured).encode()})

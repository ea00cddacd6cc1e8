"""Split digits with wrong labels and outliers: where selectors that look for hard samples should fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Resources, TaskContext, Value
from suite.data.dataset import DataSet
from suite.data.embedded import Embedded
from suite.tracks.replay.stream.metrics import ALL, CORRUPTION, METRICS

from ..data_sets import DIGITS
from .split_digits import DATA, PROTOCOL, SplitDigitsTask

if TYPE_CHECKING:
    from suite.tracks.replay.exemplars import Exemplars
    from suite.tracks.replay.stream.corruption import Corruption
    from suite.tracks.replay.stream.tasks import StreamTask

PATCHES = DataSet("photograph-patches", Embedded("photograph-patches"))
LABEL_NOISE, OUTLIERS = 0.2, 0.1


class OutliersTask(SplitDigitsTask):
    """Split digits, a fifth of the labels wrong, a tenth of the images patches of photographs."""

    id = "replay/outliers"
    version = "1"
    title = "Split digits with label noise and outliers"
    summary = (
        f"{DATA} In each task {100 * LABEL_NOISE:.0f} % of the training samples have a wrong label, that of the task's "
        f"other class, and {100 * OUTLIERS:.0f} % are not digits but patches of scikit-learn's two photographs under "
        "a digit's label; tests are clean. Hardness, loss, uncertainty and isolation all point at these samples, so "
        "what ranks high on replay/split-digits may rank low here. The buffer's share of both stands beside the "
        f"scores. {PROTOCOL}"
    )
    metrics = (*METRICS, *CORRUPTION)

    def data(self) -> tuple[DataSet, ...]:
        """Return the digits and the patches."""
        return (DIGITS, PATCHES)

    def altered(self, samples: Exemplars, number: int, context: TaskContext) -> Exemplars:
        """Return the task's samples with wrong labels and patches among them."""
        return _corruption().applied(samples, _patches(context.resources), _rng(number, context))

    def measured(
        self, held: NDArray[np.int64], stream: Sequence[StreamTask], context: TaskContext
    ) -> dict[Column, Value]:
        """Return the buffer's share of wrong labels and of patches; nothing where there is no buffer."""
        if not len(held):
            return {}
        wrong: tuple[list[int], list[int]] = ([], [])
        for number, task in enumerate(stream):
            rows = task.samples.rows.numpy()
            for kind, places in zip(wrong, _corruption().places(len(rows), _rng(number, context)), strict=True):
                kind += rows[places].tolist()
        shares = [Value(float(np.isin(held, rows).mean()), len(held)) for rows in wrong]
        return {Column(metric=m.name, subset=ALL): share for m, share in zip(CORRUPTION, shares, strict=True)}


def _corruption() -> Corruption:
    from suite.tracks.replay.stream.corruption import Corruption

    return Corruption(LABEL_NOISE, OUTLIERS)


def _rng(number: int, context: TaskContext) -> np.random.Generator:
    return context.rng(f"corruption of task {number}")


def _patches(resources: Resources) -> NDArray[np.uint8]:
    rows = PATCHES.open(resources)
    return np.stack([rows.image(index) for index in range(len(rows))])[..., None]

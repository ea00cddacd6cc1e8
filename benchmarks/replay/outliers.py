"""Split digits with wrong labels and outliers: where selectors that look for hard samples should fail."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Ingredient, Resources, TaskContext, Value
from suite.data.dataset import DataSet
from suite.data.embedded import Embedded
from suite.tracks.replay.exemplars import Exemplars
from suite.tracks.replay.stream.corruption import Corruption
from suite.tracks.replay.stream.metrics import ALL, CORRUPTION, METRICS
from suite.tracks.replay.stream.tasks import StreamTask

from .split_digits import DATA, PROTOCOL, SplitDigitsTask

PATCHES = DataSet("photograph-patches", Embedded("photograph-patches"))
CORRUPTED = Corruption(label_noise=0.2, outliers=0.1)


class OutliersTask(SplitDigitsTask):
    """Split digits, a fifth of the labels wrong, a tenth of the images patches of photographs."""

    id = "replay/outliers"
    version = "1"
    title = "Split digits with label noise and outliers"
    summary = (
        f"{DATA} In each task {CORRUPTED.label_noise:.0%} of the training samples have a wrong label, that of the "
        f"task's other class, and {CORRUPTED.outliers:.0%} are not digits but patches of scikit-learn's two "
        "photographs under a digit's label; tests are clean. Hardness, loss, uncertainty and isolation all point at "
        "these samples, so what ranks high on replay/split-digits may rank low here. The buffer's share of both "
        f"stands beside the scores. {PROTOCOL}"
    )
    metrics = (*METRICS, *CORRUPTION)

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the digits and the patches."""
        return (*super().requires(seed), PATCHES)

    def altered(self, samples: Exemplars, number: int, context: TaskContext) -> Exemplars:
        """Return the task's samples with wrong labels and patches among them."""
        return CORRUPTED.applied(samples, _patches(context.resources), _rng(number, context))

    def measured(
        self, held: NDArray[np.int64], stream: Sequence[StreamTask], context: TaskContext
    ) -> dict[Column, Value]:
        """Return the buffer's share of wrong labels and of patches; nothing where there is no buffer."""
        if not len(held):
            return {}
        wrong: tuple[list[int], list[int]] = ([], [])
        for number, task in enumerate(stream):
            rows = task.samples.rows.numpy()
            for kind, places in zip(wrong, CORRUPTED.places(len(rows), _rng(number, context)), strict=True):
                kind += rows[places].tolist()
        shares = [Value(float(np.isin(held, rows).mean()), len(held)) for rows in wrong]
        return {Column(metric=m.name, subset=ALL): share for m, share in zip(CORRUPTION, shares, strict=True)}


def _rng(number: int, context: TaskContext) -> np.random.Generator:
    return context.rng(f"corruption of task {number}")


def _patches(resources: Resources) -> NDArray[np.uint8]:
    rows = PATCHES.open(resources)
    return np.stack([rows.image(index) for index in range(len(rows))])[..., None]

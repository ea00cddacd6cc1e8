"""What a cell of sequential generation leaves behind: a row for each generated image, and one for each real image."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Influence, Samples, Value
from suite.stats.correlation import spearman
from suite.tracks.replay.cost import class_entropy
from suite.tracks.replay.generation import metrics
from suite.tracks.replay.generation.coverage import class_coverage, expected_shares, observed_shares

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class GenerationSamples(Samples):
    """Generated images, and real images of every task [rows].

    Attributes:
        generated: whether the image was generated, by the network after task ``task``, or is one of that task's own.
        task: its number, from 0.
        label: the class of a real image; what the judge says of a generated one, -1 for none.
        energy: the Hopfield energy of a real image among its task's; NaN of a generated one, as all that follows.
        covered: 1 where a real image has a generated one in its neighbourhood after the last task, else 0.
        before, after: its reconstruction error just after its task, and after the last one.
    """

    generated: NDArray[np.bool_]
    task: NDArray[np.int64]
    label: NDArray[np.int64]
    energy: Numbers
    covered: Numbers
    before: Numbers
    after: Numbers

    def value(self, column: Column) -> Value | None:
        """Return the value of a column, or None if these samples have none there."""
        count = int((self.generated & (self.task == self.last)).sum())
        if column.metric == metrics.COVERAGE.name and column.subset in (metrics.ALL, *self._names):
            coverages = [self.coverage(self.last, number) for number in range(self.last + 1)]
            if column.subset == metrics.ALL:
                return Value(float(np.mean(coverages)), count)
            return Value(coverages[self._names.index(column.subset)], count)
        if column.subset == metrics.ALL and column.metric in SUMMARIES:
            return Value(SUMMARIES[column.metric](self), count)
        return super().value(column)

    def influence(self, column: Column) -> Influence | None:
        """Return each real image's part where a column is a mean over them, by task."""
        values = {metrics.MODES.name: self.covered, metrics.RISE.name: self.after - self.before}.get(column.metric)
        if values is None:
            return None
        earlier = ~self.generated & (self.task < self.last)
        if column.subset == metrics.ALL:
            parts = {self._names[j]: values[earlier & (self.task == j)] / self.last for j in range(self.last)}
            return Influence(parts)
        if column.subset in self._names:
            number = self._names.index(column.subset)
            rows = ~self.generated & (self.task == number)
            return None if number == self.last and column.metric == metrics.RISE.name else Influence({"": values[rows]})
        if column.subset in (metrics.LOWEST, metrics.HIGHEST):
            tenths = [self._tenth(j, column.subset == metrics.HIGHEST) for j in range(self.last)]
            return Influence({self._names[j]: values[rows] / self.last for j, rows in enumerate(tenths)})
        return None

    @property
    def last(self) -> int:
        """The number of the last task."""
        return int(self.task.max())

    def coverage(self, stage: int, number: int) -> float:
        """Return the class coverage of a task by what was generated after the task ``stage``."""
        observed, expected = self.shares(stage)
        classes = np.unique(self.labels[number])
        return class_coverage(observed[classes], expected[classes])

    def shares(self, stage: int) -> tuple[Numbers, Numbers]:
        """Return the share of each class in what was generated after a task, and the expected one, [classes] each."""
        classes = 1 + max(int(labels.max()) for labels in self.labels)
        made = self.label[self.generated & (self.task == stage)]
        return observed_shares(made, classes), expected_shares(self.labels[: stage + 1], classes)

    @cached_property
    def labels(self) -> list[NDArray[np.int64]]:
        """The classes of the real images of each task [N]."""
        return [self.label[~self.generated & (self.task == number)] for number in range(self.last + 1)]

    @property
    def _names(self) -> list[str]:
        return [metrics.task_name(number) for number in range(self.last + 1)]

    def _tenth(self, number: int, highest: bool) -> NDArray[np.int64]:
        rows = np.flatnonzero(~self.generated & (self.task == number))
        order = rows[np.argsort(self.energy[rows], kind="stable")]
        count = max(1, len(rows) // 10)
        return order[-count:] if highest else order[:count]


def forgetting(samples: GenerationSamples) -> float:
    """Return how much of the class coverage is lost, mean over all tasks but the last."""
    tasks = range(samples.last)
    return float(np.mean([samples.coverage(j, j) - samples.coverage(samples.last, j) for j in tasks]))


def minority(samples: GenerationSamples) -> float:
    """Return the share of the rarest class of task 1 over the expected one."""
    observed, expected = samples.shares(samples.last)
    classes, counts = np.unique(samples.labels[0], return_counts=True)
    rarest = classes[counts.argmin()]
    return float(observed[rarest] / expected[rarest])


def entropy(samples: GenerationSamples) -> float:
    """Return the entropy in bits of the classes that are generated at the end."""
    made = samples.label[samples.generated & (samples.task == samples.last)]
    return class_entropy(made[made >= 0])


def of_no_class(samples: GenerationSamples) -> float:
    """Return the share of what is generated at the end that is of no class."""
    return float((samples.label[samples.generated & (samples.task == samples.last)] < 0).mean())


def energy_correlation(samples: GenerationSamples) -> float:
    """Return the rank correlation of energy and rise of the error, mean over all tasks but the last."""
    rows = [~samples.generated & (samples.task == number) for number in range(samples.last)]
    return float(np.mean([spearman(samples.energy[r], samples.after[r] - samples.before[r]) for r in rows]))


SUMMARIES = {
    metrics.FORGETTING.name: forgetting,
    metrics.MINORITY.name: minority,
    metrics.ENTROPY.name: entropy,
    metrics.NONE.name: of_no_class,
    metrics.ENERGY.name: energy_correlation,
}

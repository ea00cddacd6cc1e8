"""The protocol of OOD detection under a shift that grows level by level, with a few labelled ID samples at each.

A method is fitted on the ID training data, which are level 0, and scored there. Then, level by level, it may adapt to
the few ID samples that arrive, and is scored on ID and OOD samples shifted alike. Post-hoc detectors stay as fitted.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Column, Ingredient, Method, Outcome, Resources, Score, Task, TaskContext, Tuning
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.models.features import extract, is_extracted
from suite.models.reference import ReferenceModel
from suite.stats.sampled import normal_interval
from suite.tracks.ood.fitting import fit
from suite.tracks.ood.metrics import AUROC, FPR95, ID_ACCURACY, auroc, fpr95
from suite.tracks.ood.samples import Samples
from suite.tracks.ood.splits import Development
from suite.tracks.ood.tuning import tune
from suite.tracks.ood.uncertainty import DELONG, auroc_influence

if TYPE_CHECKING:
    import pyarrow as pa

    from suite.contracts.task import Influence

MEAN = "mean"


@dataclass(frozen=True)
class Level:
    """One level of the shift: ID and OOD test samples, and the labelled ID samples that arrive before they do."""

    test: Split
    ood: Split
    arriving: Split


class ShiftingTask(Task):
    """Base of the tasks that shift. Declare the class attributes and ``shifts``; write `splits`, `level`, `model` and
    `data`.

    ``shifts`` are the shift's sizes, the first of which is none. The subsets are ``level-0`` and so on, and ``mean``,
    the unweighted mean over the levels.
    """

    metrics = (AUROC, FPR95, ID_ACCURACY)
    primary = Column(metric=AUROC.name, subset=MEAN)
    shifts: tuple[float, ...]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "shifts"):
            cls.subsets = (MEAN, *(f"level-{number}" for number in range(len(cls.shifts))))

    @abstractmethod
    def splits(self, seed: int, resources: Resources) -> Development:
        """Return what methods are fitted on: the splits of a seed before any shift, without tests."""

    @abstractmethod
    def level(self, number: int, seed: int, resources: Resources) -> Level:
        """Return a level's splits. What arrives is in no test split."""

    @abstractmethod
    def model(self, seed: int) -> ReferenceModel:
        """Return the reference model of a seed."""

    @abstractmethod
    def data(self) -> tuple[DataSet, ...]:
        """Return every data set of the task."""

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data sets and the seed's reference model."""
        return (*self.data(), self.model(seed))

    def levels(self, seed: int, resources: Resources) -> list[Level]:
        """Return every level of a seed, in order."""
        return [self.level(number, seed, resources) for number in range(len(self.shifts))]

    def prepare(self, context: TaskContext) -> None:
        """Train the model if need be and extract the features of every split."""
        resources, model = context.resources, self.model(context.seed)
        splits = self.splits(context.seed, resources)
        tests = (split for level in self.levels(context.seed, resources) for split in (level.test, level.ood))
        for split in (splits.train, splits.validation, *splits.validation_ood.values(), *tests):
            if not is_extracted(model, split, resources):
                extract(model, split, resources)

    def evaluate(self, method: Method, context: TaskContext) -> Outcome:
        """Fit the method, walk through the levels, let it adapt at each but the first, and score it there.

        Raises:
            ValueError: the scores have a wrong shape or are not finite.
        """
        import pyarrow as pa

        resources = context.resources
        splits, model = self.splits(context.seed, resources), self.model(context.seed)
        fitted = fit(method, self.id, model, splits, context)
        adapting = scoring = 0.0
        tables = []
        for number, level in enumerate(self.levels(context.seed, resources)):
            if number:
                started = time.perf_counter()
                fitted.adapt(level.arriving)
                adapting += time.perf_counter() - started
            tests = {"id": level.test, "ood": level.ood}
            rows = {name: split.rows(resources) for name, split in tests.items()}
            order = context.rng(f"test-order-{number}").permutation(sum(map(len, rows.values())))
            judged = fitted.judge(tests, order)
            scoring += judged.seconds
            samples = Samples(judged.scores, judged.predicted, {"id": level.test.targets(resources)})
            tables.append(_of_level(samples.to_table(rows), number))
        table = pa.concat_tables(tables)
        return Outcome(
            scores=self.rescore(table),
            samples=table,
            cost={**fitted.cost, "adapt_seconds": adapting, "score_seconds": scoring},
            facts={"reference model": f"{model.name} {model.fingerprint(resources)[:12]}", **fitted.facts},
        )

    def tune(
        self, method: type[Method], fixed: Mapping[str, Any], grid: Mapping[str, Sequence[Any]], context: TaskContext
    ) -> Tuning:
        """Return the grid's best point on the validation splits before any shift; see `suite.tracks.ood.tuning`."""
        splits = self.splits(context.seed, context.resources)
        return tune(method, fixed, grid, self.id, self.model(context.seed), splits, context)

    def rescore(self, samples: pa.Table) -> tuple[Score, ...]:
        """Return the scores of a stored per-sample table, by the metrics as they are now."""
        levels = by_level(samples)
        single = (score for number, level in enumerate(levels) for score in _scores(f"level-{number}", [level]))
        return (*_scores(MEAN, levels), *single)

    def influence(self, samples: pa.Table, column: Column) -> Influence | None:
        """Return DeLong's placement values for AUROC; the other metrics have none."""
        if column.metric != AUROC.name:
            return None
        levels = by_level(samples)
        return _influence(levels if column.subset == MEAN else [levels[int(column.subset.removeprefix("level-"))]])


def by_level(table: pa.Table) -> list[Samples]:
    """Return the samples of each level, in order, from the table of a cell: that of `Samples`, with ``level``."""
    import pyarrow.compute as pc

    numbers = sorted(table["level"].unique().to_pylist())
    return [Samples.from_table(table.filter(pc.equal(table["level"], number))) for number in numbers]


def _of_level(table: pa.Table, number: int) -> pa.Table:
    import pyarrow as pa

    return table.append_column("level", pa.array(np.full(table.num_rows, number)))


def _scores(subset: str, levels: list[Samples]) -> tuple[Score, ...]:
    """Return the metrics' unweighted means over levels. Each level has the same samples, shifted by another amount."""
    pairs = [(level.inside, level.scores["ood"]) for level in levels]
    correct = [level.predicted["id"] == level.labels["id"] for level in levels]
    inside, outside = pairs[0]
    interval = normal_interval(_influence(levels), basis=DELONG)
    values = {
        AUROC: (np.mean([auroc(*pair) for pair in pairs]), len(inside) + len(outside), interval),
        FPR95: (np.mean([fpr95(*pair) for pair in pairs]), len(inside) + len(outside), None),
        ID_ACCURACY: (np.mean(correct), len(inside), None),
    }
    return tuple(
        Score(metric=metric.name, subset=subset, value=float(value), n=n, interval=interval)
        for metric, (value, n, interval) in values.items()
    )


def _influence(levels: list[Samples]) -> Influence:
    """Return each sample's mean influence over the levels on their mean AUROC."""
    found = [auroc_influence(level.inside, [level.scores["ood"]]) for level in levels]
    return {stratum: np.mean([each[stratum] for each in found], axis=0) for stratum in found[0]}

"""The protocol of the OOD track, the same for every task: one trained network, ID against named OOD sets.

A task says which splits and which network; this says how a detector is fitted, fed and measured.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Column, Ingredient, Method, Missing, Outcome, Resources, Score, Task, TaskContext, Tuning
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.models.features import extract, is_extracted
from suite.models.network import Network
from suite.tracks.ood.fitting import fit
from suite.tracks.ood.metrics import AUROC, METRICS
from suite.tracks.ood.samples import Samples, all_scores
from suite.tracks.ood.splits import Splits
from suite.tracks.ood.tuning import tune
from suite.tracks.ood.uncertainty import auroc_influence

if TYPE_CHECKING:
    import pyarrow as pa

    from suite.contracts.task import Influence


class OODTask(Task):
    """Base of the OOD tasks. Declare the class attributes and `near`, `far`; write `splits` and `model`.

    ``near`` and ``far`` name the OOD data sets in the order of the table, ``shifted`` the covariate-shifted ID sets. A
    task with such is a full-spectrum one (OpenOOD v1.5): in every comparison with OOD, the ID side is the pool of all
    that is ID, and each shifted set is compared alone with the near-OOD sets besides.
    """

    metrics = METRICS
    primary = Column(metric=AUROC.name, subset="near")
    near: tuple[str, ...]
    far: tuple[str, ...]
    shifted: tuple[str, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "near") and hasattr(cls, "far"):
            names = [*(f"near/{name}" for name in cls.near), *(f"far/{name}" for name in cls.far)]
            cls.subsets = ("near", "far", *names, "id", *(f"csid/{name}" for name in cls.shifted))

    @abstractmethod
    def splits(self, seed: int, resources: Resources) -> Splits:
        """Return the splits of a seed; rows are chosen without reading any image."""

    @abstractmethod
    def model(self, seed: int) -> Network:
        """Return the reference model of a seed."""

    @abstractmethod
    def data(self) -> tuple[DataSet, ...]:
        """Return every data set of the task; OOD test sets may be optional."""

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data sets and the seed's reference model."""
        return (*self.data(), self.model(seed))

    def prepare(self, context: TaskContext) -> None:
        """Train the model if need be and extract the features of every split that is at hand."""
        splits = self.splits(context.seed, context.resources)
        model = self.model(context.seed)
        inside = (splits.train, splits.validation, *splits.inside.values())
        for split in (*inside, *splits.validation_ood.values(), *splits.ood.values()):
            if _at_hand(split, context.resources) and not is_extracted(model, split, context.resources):
                extract(model, split, context.resources)

    def evaluate(self, method: Method, context: TaskContext) -> Outcome:
        """Fit the method on ID training data, score a random mixture of all test samples, compare ID with each set.

        Raises:
            ValueError: the scores have a wrong shape or are not finite.
        """
        resources = context.resources
        splits, model = self.splits(context.seed, resources), self.model(context.seed)
        present = {subset: split for subset, split in splits.ood.items() if _at_hand(split, resources)}
        tests = {**splits.inside, **present}
        rows = {subset: split.rows(resources) for subset, split in tests.items()}

        fitted = fit(method, self.id, model, splits.development, context)
        order = context.rng("test-order").permutation(sum(map(len, rows.values())))
        judged = fitted.judge(tests, order)
        labels = {subset: split.targets(resources) for subset, split in splits.inside.items()}
        samples = Samples(judged.scores, judged.predicted, labels)
        return Outcome(
            scores=all_scores(samples, self.subsets),
            samples=samples.to_table(rows),
            cost={**fitted.cost, "score_seconds": judged.seconds},
            missing=tuple(subset for subset in splits.ood if subset not in present),
            facts={**_facts(model, (splits.test, splits.validation), resources), **fitted.facts},
        )

    def tune(
        self, method: type[Method], fixed: Mapping[str, Any], grid: Mapping[str, Sequence[Any]], context: TaskContext
    ) -> Tuning:
        """Return the grid's best point on the validation splits; see `suite.tracks.ood.tuning`."""
        splits = self.splits(context.seed, context.resources).development
        return tune(method, fixed, grid, self.id, self.model(context.seed), splits, context)

    def rescore(self, samples: pa.Table) -> tuple[Score, ...]:
        """Return the scores of a stored per-sample table, by the metrics as they are now."""
        return all_scores(Samples.from_table(samples), self.subsets)

    def influence(self, samples: pa.Table, column: Column) -> Influence | None:
        """Return DeLong's placement values for AUROC; the other metrics have none."""
        found = Samples.from_table(samples)
        inside, outside = found.compared(column.subset)
        return auroc_influence(inside, outside) if column.metric == AUROC.name and outside else None


def _at_hand(split: Split, resources: Resources) -> bool:
    try:
        split.data.source.stamp(resources)
    except Missing:
        if split.data.optional:
            return False
        raise
    return True


def _facts(model: Network, splits: tuple[Split, ...], resources: Resources) -> dict[str, str]:
    """Return what to say of the reference model: which it is, and its accuracy on all held-out ID images."""
    correct = [
        extract(model, split, resources)["logits"].argmax(dim=1).numpy() == split.targets(resources) for split in splits
    ]
    hits = np.concatenate(correct)
    return {
        "reference model": f"{model.name} {model.fingerprint(resources)[:12]}",
        "reference accuracy on held-out ID images": f"{100 * hits.mean():.2f} % of {len(hits):,}",
    }

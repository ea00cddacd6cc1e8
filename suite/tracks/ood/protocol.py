"""The protocol of the OOD track, the same for every task: one trained network, ID against named OOD sets.

A task says which splits and which network; this says how a detector is fitted, fed and measured.
"""

from __future__ import annotations

import copy
import time
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Column, Ingredient, Method, Missing, Outcome, Resources, Score, Task, TaskContext
from suite.data.dataset import DataSet
from suite.data.split import Split, SplitImages
from suite.models.features import extract, is_extracted, linear_head
from suite.models.reference import ReferenceModel
from suite.tracks.ood.contract import Batch, Detector, Labelled, LinearHead, TrainingSet
from suite.tracks.ood.metrics import AUROC, METRICS
from suite.tracks.ood.samples import Samples, all_scores
from suite.tracks.ood.uncertainty import auroc_influence

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray
    from torch import Tensor

    from suite.contracts.task import Influence

    Arrays = dict[str, Tensor]

TEST_BATCH = 1000


@dataclass(frozen=True)
class Splits:
    """The splits of one seed.

    ``near`` and ``far`` map a data set's name to its test split; so does ``shifted``, the covariate-shifted ID sets
    (csID), whose labels are those of ``test``. The validation splits are for tuning: no sample of
    them is in a test split, and `evaluate` does not touch them. ``outliers`` are auxiliary outliers for methods that
    train with such; they share no sample with a test split either.
    """

    train: Split
    test: Split
    near: dict[str, Split]
    far: dict[str, Split]
    validation: Split
    validation_ood: dict[str, Split] = field(default_factory=dict)
    outliers: dict[str, Split] = field(default_factory=dict)
    shifted: dict[str, Split] = field(default_factory=dict)

    @property
    def inside(self) -> dict[str, Split]:
        """The test splits that count as ID, by subset: ``id``, and the shifted ones as ``csid/fog``."""
        return {"id": self.test, **{f"csid/{name}": split for name, split in self.shifted.items()}}

    @property
    def ood(self) -> dict[str, Split]:
        """The OOD test splits by subset, as ``near/cifar100``."""
        groups = {"near": self.near, "far": self.far}
        return {f"{group}/{name}": split for group, splits in groups.items() for name, split in splits.items()}


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
    def model(self, seed: int) -> ReferenceModel:
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
        for split in (splits.train, splits.validation, *splits.inside.values(), *splits.ood.values()):
            if _at_hand(split, context.resources) and not is_extracted(model, split, context.resources):
                extract(model, split, context.resources)

    def evaluate(self, method: Method, context: TaskContext) -> Outcome:
        """Fit the detector on ID training data, score a random mixture of all test samples, compare ID with each set.

        Raises:
            ValueError: the scores have a wrong shape or are not finite.
        """
        if not isinstance(method, Detector):
            raise TypeError(f"{type(method).__name__} is not a suite.tracks.ood.Detector")
        resources = context.resources
        splits, model = self.splits(context.seed, resources), self.model(context.seed)
        present = {subset: split for subset, split in splits.ood.items() if _at_hand(split, resources)}
        tests = {**splits.inside, **present}
        seen = {subset: extract(model, split, resources) for subset, split in tests.items()}

        training = _training_set(method, model, splits, resources)
        started = time.perf_counter()
        method.fit(training, context.method)
        fitted = time.perf_counter()
        order = context.rng("test-order").permutation(sum(len(arrays["logits"]) for arrays in seen.values()))
        images = SplitImages(tuple(tests.values()), model.transform, resources, order)
        scores = _score(method, seen, order, images, resources.device)
        scored = time.perf_counter()

        samples = Samples(
            _by_subset(scores, seen),
            {subset: arrays["logits"].argmax(dim=1).numpy() for subset, arrays in seen.items()},
            {subset: split.targets(resources) for subset, split in splits.inside.items()},
        )
        return Outcome(
            scores=all_scores(samples, self.subsets),
            samples=samples.to_table({subset: split.rows(resources) for subset, split in tests.items()}),
            cost={"fit_seconds": fitted - started, "score_seconds": scored - fitted},
            missing=tuple(subset for subset in splits.ood if subset not in present),
            facts=_facts(model, (splits.test, splits.validation), resources),
        )

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


def _training_set(method: Detector, model: ReferenceModel, splits: Splits, resources: Resources) -> TrainingSet:
    import torch

    network = model.load(resources)
    head = linear_head(network)
    device = resources.device
    classes = head.out_features
    bias = head.bias if head.bias is not None else torch.zeros(classes, device=device)
    return TrainingSet(
        **_labelled(model, splits.train, resources),
        head=LinearHead(head.weight.detach().clone(), bias.detach().clone()),
        validation=Labelled(**_labelled(model, splits.validation, resources)),
        images=SplitImages((splits.train,), model.transform, resources) if "images" in method.needs else None,
        network=copy.deepcopy(network) if "network" in method.needs else None,
    )


def _labelled(model: ReferenceModel, split: Split, resources: Resources) -> Arrays:
    """Return features, logits and labels of an ID split, under `Labelled`'s names."""
    import torch

    arrays = extract(model, split, resources)
    return {
        "features": arrays["features"].to(resources.device),
        "logits": arrays["logits"].to(resources.device),
        "labels": torch.from_numpy(split.targets(resources)).to(resources.device),
    }


def _score(
    method: Detector, seen: dict[str, Arrays], order: NDArray[np.int64], images: SplitImages, device: str
) -> NDArray[np.float64]:
    """Return one score per test sample, in the order of ``seen``; the detector gets them shuffled by ``order``."""
    import torch

    features = torch.cat([arrays["features"] for arrays in seen.values()])
    logits = torch.cat([arrays["logits"] for arrays in seen.values()])
    scores = np.empty(len(order), dtype=np.float64)
    for start in range(0, len(order), TEST_BATCH):
        rows = order[start : start + TEST_BATCH]
        batch = Batch(
            features=features[rows].to(device),
            logits=logits[rows].to(device),
            images=images[start : start + TEST_BATCH] if "images" in method.needs else None,
        )
        found = method.score(batch).detach().double().cpu().numpy()
        if found.shape != (len(rows),):
            raise ValueError(f"{method.name} returned scores of shape {found.shape} for a batch of {len(rows)}")
        wrong = np.flatnonzero(~np.isfinite(found))
        if wrong.size:
            raise ValueError(
                f"{method.name} returned {wrong.size} non-finite scores in the batch from sample {start}; "
                f"the first is {found[wrong[0]]} at place {wrong[0]}"
            )
        scores[rows] = found
    return scores


def _by_subset(scores: NDArray[np.float64], seen: dict[str, Arrays]) -> dict[str, NDArray[np.float64]]:
    ends = np.cumsum([len(arrays["logits"]) for arrays in seen.values()])
    return dict(zip(seen, np.split(scores, ends[:-1]), strict=True))


def _facts(model: ReferenceModel, splits: tuple[Split, ...], resources: Resources) -> dict[str, str]:
    """Return what to say of the reference model: which it is, and its accuracy on all held-out ID images."""
    correct = [
        extract(model, split, resources)["logits"].argmax(dim=1).numpy() == split.targets(resources) for split in splits
    ]
    hits = np.concatenate(correct)
    return {
        "reference model": f"{model.name} {model.fingerprint(resources)[:12]}",
        "reference accuracy on held-out ID images": f"{100 * hits.mean():.2f} % of {len(hits):,}",
    }

"""How a method of either kind is fitted and then asked about test splits: a detector by features, a network by images.

The tasks of the track differ in which splits they ask about, and when.
"""

from __future__ import annotations

import copy
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Method, Resources, TaskContext
from suite.data.split import Split, SplitImages
from suite.models.features import extract, linear_head
from suite.models.network import Network
from suite.tracks.ood.contract import Batch, Detector, Labelled, LinearHead, TrainingSet
from suite.tracks.ood.splits import Development
from suite.tracks.ood.training import TrainedDetector, TrainingData

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    Arrays = dict[str, Tensor]

TEST_BATCH = 1000


@dataclass(frozen=True)
class Judged:
    """Scores [N] and predicted classes [N] by test split, and the seconds that they took."""

    scores: dict[str, NDArray[np.float64]]
    predicted: dict[str, NDArray[np.int64]]
    seconds: float


class Fitted(ABC):
    """A method that was fitted; ``cost`` says in how many seconds, ``facts`` what there is to say of its network."""

    cost: dict[str, float]
    facts: dict[str, str]

    @abstractmethod
    def judge(self, tests: Mapping[str, Split], order: NDArray[np.int64]) -> Judged:
        """Score a mixture of the splits in this order of all their samples.

        Raises:
            ValueError: what the method returns has a wrong shape or is not finite.
        """

    @abstractmethod
    def adapt(self, split: Split) -> None:
        """Let the method adapt to a few labelled ID samples, if it is one that can."""


def fit(method: Method, task: str, model: Network, splits: Development, context: TaskContext) -> Fitted:
    """Fit a method of either kind, on the training split alone.

    Raises:
        TypeError: the method is of neither kind.
    """
    if isinstance(method, Detector):
        return FittedDetector(method, model, splits, context)
    if isinstance(method, TrainedDetector):
        return FittedNetwork(method, task, model, splits, context)
    raise TypeError(f"{type(method).__name__} is not a suite.tracks.ood.Detector or TrainedDetector")


class FittedDetector(Fitted):
    """A post-hoc detector on the reference model's features and logits."""

    def __init__(self, method: Detector, model: Network, splits: Development, context: TaskContext) -> None:
        self.method, self.model, self.resources = method, model, context.resources
        training = _training_set(method, model, splits, self.resources)
        started = time.perf_counter()
        method.fit(training, context.method)
        self.cost = {"fit_seconds": time.perf_counter() - started}
        self.facts = {}

    def judge(self, tests: Mapping[str, Split], order: NDArray[np.int64]) -> Judged:
        """See `Fitted`; the predicted classes are the reference model's."""
        import torch

        seen = {subset: extract(self.model, split, self.resources) for subset, split in tests.items()}
        features, logits = (torch.cat([arrays[name] for arrays in seen.values()]) for name in ("features", "logits"))
        images = SplitImages(tuple(tests.values()), self.model.transform, self.resources, order)
        device = self.resources.device
        scores = np.empty(len(order), dtype=np.float64)
        started = time.perf_counter()
        for start in range(0, len(order), TEST_BATCH):
            rows = order[start : start + TEST_BATCH]
            batch = Batch(
                features=features[rows].to(device),
                logits=logits[rows].to(device),
                images=images[start : start + TEST_BATCH] if "images" in self.method.needs else None,
            )
            scores[rows] = _checked(self.method.score(batch), len(rows), start, self.method.name)
        seconds = time.perf_counter() - started
        lengths = {subset: len(arrays["logits"]) for subset, arrays in seen.items()}
        return Judged(_by_split(scores, lengths), _by_split(logits.argmax(dim=1).numpy(), lengths), seconds)

    def adapt(self, split: Split) -> None:
        """Do nothing: a detector is fitted once."""


class FittedNetwork(Fitted):
    """A method with a network of its own, which sees images."""

    def __init__(
        self, method: TrainedDetector, task: str, model: Network, splits: Development, context: TaskContext
    ) -> None:
        import torch

        self.method, self.transform, self.context = method, model.transform, context
        data = training_data(task, model, splits, context.resources)
        with torch.random.fork_rng():  # a network may draw from the global generator, as for dropout
            torch.manual_seed(context.seed)
            started = time.perf_counter()
            method.train(data, context.method)
            self.cost = {"fit_seconds": time.perf_counter() - started}
        accuracy = self._accuracy(data.pixels, data.labels)
        name = f"accuracy of {method.name}'s network on ID training images"
        self.facts = {name: f"{100 * accuracy:.2f} % of {len(data.labels):,}"}

    def judge(self, tests: Mapping[str, Split], order: NDArray[np.int64]) -> Judged:
        """See `Fitted`; the predicted classes are the method's own."""
        images = SplitImages(tuple(tests.values()), self.transform, self.context.resources, order)
        scores, predicted = np.empty(len(order), dtype=np.float64), np.empty(len(order), dtype=np.int64)
        started = time.perf_counter()
        for start in range(0, len(order), TEST_BATCH):
            rows = order[start : start + TEST_BATCH]
            scores[rows], predicted[rows] = self._predicted(images[start : start + TEST_BATCH], start)
        seconds = time.perf_counter() - started
        lengths = {subset: len(split.rows(self.context.resources)) for subset, split in tests.items()}
        return Judged(_by_split(scores, lengths), _by_split(predicted, lengths), seconds)

    def adapt(self, split: Split) -> None:
        """Hand the samples to the method."""
        import torch

        resources = self.context.resources
        images = self.transform.normalise(split.pixels(self.transform, resources).to(resources.device))
        labels = torch.from_numpy(split.targets(resources)).to(resources.device)
        self.method.adapt(images, labels, self.context.method)

    def _accuracy(self, pixels: Tensor, labels: Tensor) -> float:
        import torch

        found = [
            self._predicted(self.transform.normalise(part.to(self.context.resources.device)), start=0)[1]
            for part in torch.split(pixels, TEST_BATCH)
        ]
        return float((np.concatenate(found) == labels.numpy()).mean())

    def _predicted(self, images: Tensor, start: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return scores [B] and predicted classes [B] of images."""
        import torch

        with torch.no_grad():
            scores, logits = self.method.predict(images)
        if logits.ndim != 2 or len(logits) != len(images):
            raise ValueError(
                f"{self.method.name} returned logits of shape {tuple(logits.shape)} for a batch of {len(images)}"
            )
        checked = _checked(scores, len(images), start, self.method.name)
        return checked, logits.argmax(dim=1).cpu().numpy()


def _training_set(method: Detector, model: Network, splits: Development, resources: Resources) -> TrainingSet:
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


def _labelled(model: Network, split: Split, resources: Resources) -> Arrays:
    """Return features, logits and labels of an ID split, under `Labelled`'s names."""
    import torch

    arrays = extract(model, split, resources)
    return {
        "features": arrays["features"].to(resources.device),
        "logits": arrays["logits"].to(resources.device),
        "labels": torch.from_numpy(split.targets(resources)).to(resources.device),
    }


def training_data(task: str, model: Network, splits: Development, resources: Resources) -> TrainingData:
    """Return what a training method gets, in memory; outliers of several sets follow one another."""
    import torch

    if model.recipe is None:
        raise ValueError(f"task {task} has a pretrained network and no recipe: methods that train one cannot run on it")
    pixels, validation_pixels = (
        split.pixels(model.transform, resources) for split in (splits.train, splits.validation)
    )
    labels, validation_labels = (
        torch.from_numpy(split.targets(resources)) for split in (splits.train, splits.validation)
    )
    outliers = [split.pixels(model.transform, resources) for split in splits.outliers.values()]
    return TrainingData(
        task=task,
        pixels=pixels,
        labels=labels,
        validation_pixels=validation_pixels,
        validation_labels=validation_labels,
        outliers=torch.cat(outliers) if outliers else pixels[:0],
        transform=model.transform,
        recipe=model.recipe,
        architecture=model.architecture,
        reference=copy.deepcopy(model.load(resources)),
    )


def _checked(scores: Tensor, count: int, start: int, name: str) -> NDArray[np.float64]:
    """Return a batch's scores as float64 [count]; ``start`` is the place of the batch in the whole test."""
    found: NDArray[np.float64] = scores.detach().double().cpu().numpy()
    if found.shape != (count,):
        raise ValueError(f"{name} returned scores of shape {found.shape} for a batch of {count}")
    wrong = np.flatnonzero(~np.isfinite(found))
    if wrong.size:
        raise ValueError(
            f"{name} returned {wrong.size} non-finite scores in the batch from sample {start}; "
            f"the first is {found[wrong[0]]} at place {wrong[0]}"
        )
    return found


def _by_split(values: NDArray[Any], lengths: Mapping[str, int]) -> dict[str, NDArray[Any]]:
    ends = np.cumsum(list(lengths.values()))
    return dict(zip(lengths, np.split(values, ends[:-1]), strict=True))

"""How a method of either kind is fitted and then asked about test splits: a detector by features, a network by images.

The tasks of the track differ in which splits they ask about, and when.
"""

from __future__ import annotations

import copy
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Inconsistent, Missing, Resources, TaskContext
from suite.contracts.returned import real, refuse
from suite.data.split import Split, SplitImages
from suite.lazy import torch
from suite.models.features import extract, linear_head
from suite.models.network import Network
from suite.tracks.ood.contract import Batch, Detector, Labelled, LinearHead, TrainingSet
from suite.tracks.ood.samples import is_inside
from suite.tracks.ood.splits import Development
from suite.tracks.ood.training import TrainedDetector, TrainingData

OODMethod = Detector | TrainedDetector
Ask = Callable[[NDArray[np.int64], "slice | NDArray[np.int64]"], tuple["torch.Tensor", "torch.Tensor"]]
"""From the rows and places of a batch of test samples to their scores and logits."""
TEST_BATCH = 1000
AGAIN = 200
"""Test samples that are scored a second time where the method runs apart from its judge."""
ROUNDING, ROUNDING_OF_SPREAD = 1e-5, 1e-3
"""By how much two scores of one sample may differ: of the score, and of the quartiles' distance."""


@dataclass(frozen=True)
class Answers:
    """The answers to one mixture of test samples: the arrays of `ScoredSamples` by name, and the seconds they took."""

    arrays: dict[str, Any]
    seconds: float


class FittedMethod(ABC):
    """A method that was fitted; ``cost`` says in how many seconds, ``facts`` are statements about its network."""

    call: str  # that answers
    cost: dict[str, float]
    facts: dict[str, str]

    def __init__(self, name: str, model: Network, context: TaskContext) -> None:
        self.name, self.model, self.context, self.resources = name, model, context, context.resources

    def test(self, tests: Mapping[str, Split], role: str) -> Answers:
        """Score a mixture of all samples of the splits, in a random order that the seed and ``role`` determine.

        Where the method runs apart from its judge, some samples are scored again, in a batch of other ones.

        Raises:
            WrongReturn: what the method returns is not what its contract wants.
            Inconsistent: a sample's score depends on which others share its batch, or on chance.
        """
        numbers = [split.rows(self.resources) for split in tests.values()]
        counts = [len(part) for part in numbers]
        order = self.context.order(role).permutation(sum(counts))
        images = SplitImages(tuple(tests.values()), self.model.transform, self.resources, order)
        answers = self._answers(tests, images)
        scores, predicted = np.empty(len(order), dtype=np.float64), np.empty(len(order), dtype=np.int64)
        started = time.perf_counter()
        for start in range(0, len(order), TEST_BATCH):
            places = slice(start, start + TEST_BATCH)
            rows = order[places]
            scores[rows], predicted[rows] = self._checked(*answers(rows, places), len(rows), start)
        seconds = time.perf_counter() - started
        if self.context.secret:
            some = self.context.order(f"{role} again").permutation(len(order))[:AGAIN]
            again, _ = self._checked(*answers(order[some], some), len(some), 0)
            self._compare(scores, order[some], again)
        labels = [
            split.targets(self.resources) if is_inside(subset) else np.full(count, -1, dtype=np.int64)
            for (subset, split), count in zip(tests.items(), counts, strict=True)
        ]
        arrays: dict[str, Any] = {
            "subset": np.repeat(np.array(list(tests), dtype=object), counts),
            "row": np.concatenate(numbers),
            "score": scores,
            "predicted": predicted,
            "label": np.concatenate(labels),
        }
        return Answers(arrays, seconds)

    def _compare(self, scores: NDArray[np.float64], rows: NDArray[np.int64], again: NDArray[np.float64]) -> None:
        """Raise `Inconsistent` if scores of the same samples differ by more than rounding."""
        spread = np.subtract(*np.percentile(scores, [75, 25]))
        beyond = np.abs(again - scores[rows]) - ROUNDING * np.abs(scores[rows]) - ROUNDING_OF_SPREAD * spread
        worst = int(beyond.argmax())
        if beyond[worst] > 0:
            first, second = scores[rows[worst]], again[worst]
            raise Inconsistent(
                f"test sample {rows[worst]} has the score {first:.6g} in one batch and {second:.6g} in another. "
                f"{(beyond > 0).sum()} of {len(rows)} differ. A score must not depend on its batch or on chance"
            )

    def adapt(self, split: Split) -> None:  # noqa: B027 - most methods are fitted once
        """Let the method adapt to a few labelled ID samples, if it is one that can."""

    @abstractmethod
    def _answers(self, tests: Mapping[str, Split], images: SplitImages) -> Ask:
        """Return what answers for ``rows`` of the splits in a row, whose images lie at ``places``."""

    def _checked(
        self, scores: torch.Tensor, logits: torch.Tensor, count: int, start: int
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return scores [count] and predicted classes [count]; ``start`` is the batch's place in the whole test."""
        call = f"{self.call} of {self.name}, for the batch from sample {start},"
        if not isinstance(logits, torch.Tensor) or logits.is_complex() or logits.ndim != 2 or len(logits) != count:
            refuse(logits, call, f"logits [{count}, C] of real numbers")
        checked: NDArray[np.float64] = real(scores, call, (count,)).double().cpu().numpy()
        return checked, logits.argmax(dim=1).cpu().numpy()


def fit(method: OODMethod, model: Network, splits: Development, context: TaskContext) -> FittedMethod:
    """Fit a method of either kind, on the training split alone."""
    if isinstance(method, TrainedDetector):
        return FittedNetwork(method, model, splits, context)
    return FittedDetector(method, model, splits, context)


class FittedDetector(FittedMethod):
    """A post-hoc detector on the reference model's features and logits; predicted classes are the reference model's."""

    call = "score"

    def __init__(self, method: Detector, model: Network, splits: Development, context: TaskContext) -> None:
        super().__init__(method.name, model, context)
        self.method, self.facts = method, {}
        training = _training_set(method, model, splits, self.resources)
        started = time.perf_counter()
        method.fit(training, context.method)
        self.cost = {"fit_seconds": time.perf_counter() - started}

    def _answers(self, tests: Mapping[str, Split], images: SplitImages) -> Ask:
        outputs = [extract(self.model, split, self.resources) for split in tests.values()]
        features, logits = (torch.cat([arrays[name] for arrays in outputs]) for name in ("features", "logits"))

        def ask(rows: NDArray[np.int64], places: slice | NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
            batch = Batch(
                features=features[rows].to(self.resources.device),
                logits=logits[rows].to(self.resources.device),
                images=images[places] if "images" in self.method.needs else None,
            )
            return self.method.score(batch), logits[rows]

        return ask


class FittedNetwork(FittedMethod):
    """A method with a network of its own, which sees images; predicted classes are its own."""

    call = "predict"

    def __init__(self, method: TrainedDetector, model: Network, splits: Development, context: TaskContext) -> None:
        super().__init__(method.name, model, context)
        self.method = method
        data = training_data(method, model, splits, self.resources)
        with torch.random.fork_rng():  # a network may draw from the global generator, as for dropout
            torch.manual_seed(context.seed)
            started = time.perf_counter()
            method.train(data, context.method)
            self.cost = {"fit_seconds": time.perf_counter() - started}
        parts = [self._normalised(part) for part in torch.split(data.pixels, TEST_BATCH)]
        predicted = np.concatenate([self._checked(*self._predict(part), len(part), 0)[1] for part in parts])
        accuracy = float((predicted == data.labels.numpy()).mean())
        name = f"accuracy of {method.name}'s network on ID training images"
        self.facts = {name: f"{100 * accuracy:.2f} % of {len(data.labels):,}"}

    def adapt(self, split: Split) -> None:
        """Hand the samples to the method."""
        images = self._normalised(split.pixels(self.model.transform, self.resources))
        labels = torch.from_numpy(split.targets(self.resources)).to(self.resources.device)
        self.method.adapt(images, labels, self.context.method)

    def _answers(self, tests: Mapping[str, Split], images: SplitImages) -> Ask:
        return lambda rows, places: self._predict(images[places])

    def _predict(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        with torch.no_grad():
            answer = self.method.predict(images)
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            refuse(answer, f"predict of {self.name}", "two tensors, scores [B] and logits [B, C]")
        return answer[0], answer[1]

    def _normalised(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.model.transform.normalise(pixels.to(self.resources.device))


def _training_set(method: Detector, model: Network, splits: Development, resources: Resources) -> TrainingSet:
    network = model.load(resources)
    head = linear_head(network)
    bias = head.bias if head.bias is not None else torch.zeros(head.out_features, device=resources.device)
    return TrainingSet(
        **_labelled(model, splits.train, resources),
        head=LinearHead(head.weight.detach().clone(), bias.detach().clone()),
        validation=Labelled(**_labelled(model, splits.validation, resources)),
        images=SplitImages((splits.train,), model.transform, resources) if "images" in method.needs else None,
        network=copy.deepcopy(network) if "network" in method.needs else None,
    )


def _labelled(model: Network, split: Split, resources: Resources) -> dict[str, torch.Tensor]:
    """Return features, logits and labels of an ID split, under `Labelled`'s names."""
    arrays = {**extract(model, split, resources), "labels": torch.from_numpy(split.targets(resources))}
    return {name: values.to(resources.device) for name, values in arrays.items()}


def training_data(method: TrainedDetector, model: Network, splits: Development, resources: Resources) -> TrainingData:
    """Return what a training method gets, in memory; outliers of several sets follow one another.

    Raises:
        Missing: the method needs outliers, and the data set that the task takes for them is not at hand.
    """
    assert model.recipe is not None, "a task that gives training data has a recipe"
    train, validation = (
        (split.pixels(model.transform, resources), torch.from_numpy(split.targets(resources)))
        for split in (splits.train, splits.validation)
    )
    outliers = [train[0][:0]]
    if "outliers" in method.needs:
        if not splits.outliers:
            raise Missing(f"{method.name} trains with auxiliary outliers. Their data set is missing")
        outliers = [split.pixels(model.transform, resources) for split in splits.outliers.values()]
    return TrainingData(
        *train,
        *validation,
        outliers=torch.cat(outliers),
        transform=model.transform,
        recipe=model.recipe,
        architecture=model.architecture,
        reference=copy.deepcopy(model.load(resources)),
    )

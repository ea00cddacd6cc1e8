"""A whole track in one file: are the probabilities of a trained network those with which it is right?

Data, reference model, contract, samples with pictures, task with an axis, two methods. What is not science is at the
end of the file, and what is imported.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite import (
    Axis,
    Card,
    Column,
    Influence,
    Method,
    Metric,
    Outcome,
    Samples,
    Task,
    TaskContext,
    Track,
    Value,
    hookimpl,
)
from suite.contracts import Ingredient, Picture, Resources
from suite.data.dataset import DataSet
from suite.data.embedded import Embedded
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.features import extract
from suite.models.recipe import Recipe
from suite.models.reference import ReferenceModel

Array = NDArray[np.float64]

# Data and model: scikit-learn's digits, and a small network that is trained on a few of them for too long.

DIGITS = DataSet("digits", Embedded("digits"))
TRAIN, HELD_OUT = 300, 400
RECIPE = Recipe(epochs=60, batch_size=64, learning_rate=3e-3, weight_decay=0.0, optimiser="adamw")


def splits(seed: int) -> tuple[Split, Split, Split]:
    """Return training, held-out and test images, drawn anew for each seed."""
    rows = np.random.default_rng(seed).permutation(1797)
    train, held_out, test = (Split(DIGITS, part) for part in np.split(rows, [TRAIN, TRAIN + HELD_OUT]))
    return train, held_out, test


def network(seed: int) -> ReferenceModel:
    """Return the seed's network; training takes two seconds."""
    return ReferenceModel(
        name="overconfident-digits",
        architecture=Architecture("small-cnn", {"classes": 10}),
        transform=Transform(size=8, channels=1, scale=16.0),
        seed=seed,
        recipe=RECIPE,
        training=lambda resources: splits(seed)[0],
        trained_on=f"{TRAIN} random digits, the seed's",
        data=DIGITS,
    )


# Metrics. Lower is better for all of them.

NLL = Metric(
    name="log_loss",
    direction="lower",
    bounds=(0, None),
    unit="nats",
    definition="Mean of -log p(label) over the test images: a proper score, least for the true probabilities.",
)
BRIER = Metric(
    name="brier",
    direction="lower",
    bounds=(0, 2),
    unit="squared error",
    definition="Mean over test images of the squared distance of the probabilities from the label's (Brier 1950).",
)
ECE = Metric(
    name="calibration_error",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="Mean over 15 bins of confidence, by their counts, of |accuracy - confidence| (Guo et al. 2017, eq. 3).",
)
BINS = 15
ALL = "test"


@dataclass(frozen=True)
class CalibrationSamples(Samples):
    """Of each test image [N]: its loss and Brier score, the largest probability, and whether its class is right."""

    loss: Array
    brier: Array
    confidence: Array
    right: NDArray[np.bool_]

    @classmethod
    def of(cls, probabilities: Array, labels: NDArray[np.int64]) -> CalibrationSamples:
        """Return the samples of probabilities [N, C] and labels [N]."""
        rows = np.arange(len(labels))
        one_hot = np.eye(probabilities.shape[1])[labels]
        return cls(
            loss=-np.log(probabilities[rows, labels]),
            brier=((probabilities - one_hot) ** 2).sum(axis=1),
            confidence=probabilities.max(axis=1),
            right=probabilities.argmax(axis=1) == labels,
        )

    def value(self, column: Column) -> Value | None:
        """Return the calibration error; the proper scores are means, which follow from `influence`."""
        if column.metric != ECE.name:
            return super().value(column)
        gap = [abs(accuracy - confidence) * count for confidence, accuracy, count in self.bins()]
        return Value(float(sum(gap)) / len(self.right), len(self.right))

    def influence(self, column: Column) -> Influence | None:
        """Return each image's own score, of which the proper scores are the mean."""
        parts = {NLL.name: self.loss, BRIER.name: self.brier}
        return Influence({ALL: parts[column.metric]}) if column.metric in parts else None

    def bins(self) -> list[tuple[float, float, int]]:
        """Return (mean confidence, accuracy, count) of each bin that has images."""
        places = np.minimum((self.confidence * BINS).astype(int), BINS - 1)
        inside = [places == place for place in range(BINS)]
        return [
            (float(self.confidence[some].mean()), float(self.right[some].mean()), int(some.sum()))
            for some in inside
            if some.any()
        ]

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the reliability diagram."""
        rows = [{"confidence": c, "accuracy": a, "images": n} for c, a, n in self.bins()]
        axes = {
            "x": {"field": "confidence", "type": "quantitative", "scale": {"domain": [0, 1]}},
            "y": {"field": "accuracy", "type": "quantitative", "scale": {"domain": [0, 1]}},
        }
        ideal = [{"confidence": 0, "accuracy": 0}, {"confidence": 1, "accuracy": 1}]
        points = {"data": {"values": rows}, "mark": {"type": "point", "filled": True, "tooltip": True}}
        layers: list[dict[str, Any]] = [
            {"data": {"values": ideal}, "mark": {"type": "line", "strokeDash": [4, 4]}, "encoding": axes},
            {**points, "encoding": {**axes, "size": {"field": "images", "type": "quantitative"}}},
        ]
        confidence, accuracy, _ = max(self.bins(), key=lambda point: abs(point[1] - point[0]))
        gap = f"The widest gap is at confidence {confidence:.2f}: accuracy {accuracy:.2f}."
        return (
            Picture(
                title="Accuracy by confidence",
                description=f"{len(rows)} bins. {gap}",
                spec={"height": 300, "layer": layers},
            ),
        )


# The contract.


class Calibrator(Method, ABC):
    """Learns on held-out images what the network's logits are worth."""

    track = "calibration"

    @abstractmethod
    def fit(self, logits: Array, labels: NDArray[np.int64]) -> None:
        """Learn from the logits [N, C] and labels [N] of held-out images."""

    @abstractmethod
    def probabilities(self, logits: Array) -> Array:
        """Return probabilities [N, C], positive and with sum 1, of the logits of test images [N, C]."""


class DigitsCalibrationTask(Task[Calibrator]):
    """Overconfident digits."""

    id = "calibration/digits"
    version = "1"
    tier = "embedded"
    title = "Overconfident digits"
    summary = (
        f"A small network is trained on {TRAIN} of scikit-learn's digits for 60 epochs, so that it is too sure of "
        "itself. A method learns on held-out images and gives the probabilities of the other 1,097, which are the "
        "test. The axis `held-out` says how many images it learns on."
    )
    metrics = (NLL, BRIER, ECE)
    primary = Column(metric=NLL.name, subset=ALL)
    subsets = (ALL,)
    seeds = (0, 1, 2)
    samples = CalibrationSamples
    axes = (Axis("held-out", ("400", "40"), pattern="[1-9][0-9]{1,2}", about="How many images a method learns on."),)

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the digits and the seed's network."""
        return (DIGITS, network(seed))

    def evaluate(self, method: Calibrator, context: TaskContext) -> Outcome:
        """Fit the method on the first of the held-out images, and score its probabilities."""
        _, held_out, test = splits(context.seed)
        count = int(context.setting["held-out"])
        logits, labels = logits_and_labels(context.seed, held_out, context.resources)
        started = time.perf_counter()
        method.fit(logits[:count], labels[:count])
        seconds = time.perf_counter() - started
        logits, labels = logits_and_labels(context.seed, test, context.resources)
        probabilities = np.asarray(method.probabilities(logits), dtype=np.float64)
        if probabilities.shape != logits.shape or not np.allclose(probabilities.sum(axis=1), 1):
            raise ValueError(f"expected probabilities of shape {logits.shape}, got {probabilities.shape}")
        return Outcome(CalibrationSamples.of(probabilities, labels), cost={"fit_seconds": seconds})


def logits_and_labels(seed: int, split: Split, resources: Resources) -> tuple[Array, NDArray[np.int64]]:
    """Return the network's logits [N, C] and the labels [N] of a split."""
    logits = extract(network(seed), split, resources)["logits"].double().numpy()
    return logits, split.targets(resources)


# Methods.


class Uncalibrated(Calibrator):
    """The softmax of the logits: what there is to gain."""

    name = "uncalibrated"
    version = "1"
    standing = "reference"
    card = Card(title="No calibration", status="baseline")

    def fit(self, logits: Array, labels: NDArray[np.int64]) -> None:
        """Learn nothing."""

    def probabilities(self, logits: Array) -> Array:
        """Return the softmax."""
        return softmax(logits)


class TemperatureScaling(Calibrator):
    """The softmax of logits over one temperature, which has the least log loss on the held-out images."""

    name = "temperature-scaling"
    version = "1"
    card = Card(
        title="Temperature scaling",
        status="paper",
        paper="On Calibration of Modern Neural Networks",
        authors="Chuan Guo, Geoff Pleiss, Yu Sun, Kilian Q. Weinberger",
        year=2017,
        url="https://arxiv.org/abs/1706.04599",
    )
    temperature = 1.0

    def fit(self, logits: Array, labels: NDArray[np.int64]) -> None:
        """Find the temperature by bounded search on its logarithm."""
        from scipy.optimize import minimize_scalar

        def loss(logarithm: float) -> float:
            return float(CalibrationSamples.of(softmax(logits / np.exp(logarithm)), labels).loss.mean())

        self.temperature = float(np.exp(minimize_scalar(loss, bounds=(-3, 5), method="bounded").x))

    def probabilities(self, logits: Array) -> Array:
        """Return the softmax at the temperature."""
        return softmax(logits / self.temperature)


def softmax(logits: Array) -> Array:
    """Return the softmax of logits [N, C] over classes, at least 1e-300."""
    from scipy.special import softmax

    return np.maximum(np.asarray(softmax(logits, axis=1), dtype=np.float64), 1e-300)


# What is not science: the registration.


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    question = "Are the probabilities of a trained network those with which it is right?"
    register(Track(name="calibration", title="Calibration", question=question, contract=Calibrator))


@hookimpl
def suite_register_methods(register: Callable[[type[Method]], None]) -> None:
    """Register the methods."""
    for method in (Uncalibrated, TemperatureScaling):
        register(method)


@hookimpl
def suite_register_tasks(register: Callable[[type[Task]], None]) -> None:
    """Register the task."""
    register(DigitsCalibrationTask)

"""The metrics of encoders, all on test images that no encoder was trained on."""

from __future__ import annotations

from suite.contracts import Metric
from suite.tracks.temperature.metrics import BETA, EVALUATIONS, SECONDS

TEST = "test"


def accuracy(name: str, definition: str) -> Metric:
    """Return a metric that is a share of test images."""
    return Metric(name=name, direction="higher", bounds=(0, 1), unit="fraction", definition=definition)


PROBE = accuracy(
    "probe_accuracy",
    "Share of test images whose class logistic regression tells from their embedding, fitted to the embeddings and "
    "labels of all training images; the encoder stays as it is.",
)
FEW = accuracy("few_label_accuracy", "The same, fitted to ten labelled training images of each class.")
NEIGHBOURS = accuracy(
    "knn_accuracy", "Share of test images whose class the five nearest training embeddings vote for, by cosine."
)
ALIGNMENT = Metric(
    name="alignment",
    direction="lower",
    bounds=(0, 4),
    unit="squared distance",
    definition="Mean squared distance between the embeddings of two views of a test image (Wang and Isola 2020).",
)
UNIFORMITY = Metric(
    name="uniformity",
    direction="lower",
    bounds=(-8, 0),
    unit="log potential",
    definition="log mean exp(-2 d^2) over pairs of test embeddings (Wang and Isola 2020): 0 where all are one point.",
)
METRICS = (PROBE, FEW, NEIGHBOURS, ALIGNMENT, UNIFORMITY, BETA, EVALUATIONS, SECONDS)

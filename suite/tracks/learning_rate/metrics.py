"""The metrics of training procedures."""

from __future__ import annotations

from suite.contracts import Metric
from suite.measures.probabilities import metrics_of

CHOSEN = "chosen-rate"
GRID = "all-rates"
SUBSETS = (CHOSEN, GRID)
"""The rate whose accuracy on validation data is the highest, and the whole grid."""
ACCURACY = Metric(
    name="accuracy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Test accuracy when the budget is spent, not the best on the way: of the rate whose "
    "validation accuracy is the highest (of equal ones, the lowest), or the mean over the grid of rates; the mean over "
    "initialisations.",
)
SENSITIVITY = Metric(
    name="rate_sensitivity",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="How much accuracy is lost by a wrong rate: the mean over the grid, which is even in orders of "
    "magnitude, of the highest test accuracy minus that at the rate, or minus chance where it is below. After "
    "Wortsman and others 2023, with accuracy in the place of the loss.",
)
DIVERGED = Metric(
    name="share_diverged",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of runs of the grid whose loss on training data at the end is not below that of equal "
    "probabilities for all classes, or is no number.",
)
FEATURE = Metric(
    name="best_feature",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="The highest accuracy on test inputs of which one feature alone tells the class: one of the planted "
    "features, or one band of the spatial frequencies of images. Not to rank by.",
)
RATE = Metric(
    name="rate",
    direction="higher",
    bounds=(0, None),
    unit="1/update",
    definition="The effective rate that validation data choose; not to rank by.",
)
UPDATES = Metric(
    name="updates_spent",
    direction="lower",
    bounds=(0, None),
    unit="updates",
    definition="Gradients that each run spent, looks at validation data included.",
)
SECONDS = Metric(
    name="seconds",
    direction="lower",
    bounds=(0, None),
    unit="s",
    definition="Wall-clock seconds that the whole grid took to train.",
)
METRICS = (ACCURACY, SENSITIVITY, DIVERGED, FEATURE, RATE, UPDATES, SECONDS)
OF_PROBABILITIES = metrics_of("Of the runs at the chosen rate on test data, the mean over their initialisations.")
OF_CLASSIFIERS = (ACCURACY, SENSITIVITY, *OF_PROBABILITIES, DIVERGED, FEATURE, RATE, UPDATES, SECONDS)
"""Where training is by the cross-entropy, so that the softmax of logits is meant as probabilities."""

"""The metrics of streams of tasks; the formulas are in `suite.tracks.replay.accuracy`."""

from __future__ import annotations

from suite.contracts import Metric
from suite.tracks.replay.cost import COSTS

ACCURACY = Metric(
    name="accuracy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Accuracy on a task's test images after the last task; on `all` its mean over tasks, ACC of Lopez-Paz "
    "and Ranzato 2017: mean_j A[T,j].",
)
FORGETTING = Metric(
    name="forgetting",
    direction="lower",
    bounds=(-1, 1),
    unit="fraction",
    definition="Chaudhry et al. 2018: mean over tasks j < T of max over j <= l < T of A[l,j], minus A[T,j]. The last "
    "row is not in the maximum, so it may be negative.",
)
BACKWARD_TRANSFER = Metric(
    name="backward_transfer",
    direction="higher",
    bounds=(-1, 1),
    unit="fraction",
    definition="Lopez-Paz and Ranzato 2017: mean over tasks j < T of A[T,j] - A[j,j].",
)
FORWARD_TRANSFER = Metric(
    name="forward_transfer",
    direction="higher",
    bounds=(-1, 1),
    unit="fraction",
    definition="Lopez-Paz and Ranzato 2017: mean over tasks j > 1 of A[j-1,j] - b_j, b_j being the accuracy of the "
    "network before any training.",
)
LEARNING_ACCURACY = Metric(
    name="learning_accuracy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Mean over tasks of the accuracy just after a task was trained on: mean_j A[j,j].",
)
ANYTIME_ACCURACY = Metric(
    name="anytime_accuracy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="AAA: mean over steps of the mean accuracy on the tasks seen so far, on the fixed subset of the test; a "
    "point of evaluation stands for the steps since the point before it.",
)
MIN_ACCURACY = Metric(
    name="min_accuracy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="min-ACC of De Lange et al. 2023: mean over tasks j < T of the smallest accuracy on task j at any point "
    "of evaluation after it ended, on the fixed subset of the test.",
)
WORST_CASE_ACCURACY = Metric(
    name="worst_case_accuracy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="WC-ACC of De Lange et al. 2023: A[T,T] / T + (1 - 1/T) min-ACC, on the fixed subset of the test.",
)
NOISY_SHARE = Metric(
    name="buffer_label_noise",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of the buffer at the end that has a wrong label.",
)
OUTLIER_SHARE = Metric(
    name="buffer_outliers",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of the buffer at the end that is no image of its class but an outlier.",
)

LEARNING = (
    ACCURACY,
    FORGETTING,
    BACKWARD_TRANSFER,
    FORWARD_TRANSFER,
    LEARNING_ACCURACY,
    ANYTIME_ACCURACY,
    MIN_ACCURACY,
    WORST_CASE_ACCURACY,
)
"""Those that follow from the table of accuracies."""
METRICS = (*LEARNING, *COSTS)
CORRUPTION = (NOISY_SHARE, OUTLIER_SHARE)
"""Of a stream with wrong labels and outliers, in this order."""

"""Linear probes: how much a quantized model's features are worth on data that it was not trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.data.split import Split


@dataclass(frozen=True)
class Downstream:
    """A data set to probe with: disjoint rows to learn on and to test on."""

    train: Split
    test: Split


def probe_accuracy(
    train: NDArray[np.float32], labels: NDArray[np.int64], test: NDArray[np.float32], truth: NDArray[np.int64]
) -> float:
    """Return the accuracy of logistic regression on standardized features [N, D] and [M, D]."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fitted = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(train, labels)
    return float((fitted.predict(test) == truth).mean())

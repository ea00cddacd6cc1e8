"""Wrong labels and outliers put into a stream: where selectors that look for hard samples should fail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from suite.tracks.replay.contract import Samples


@dataclass(frozen=True)
class Corruption:
    """Shares of each task's samples that get a wrong label of the same task, or another image; never both."""

    label_noise: float
    outliers: float


@dataclass(frozen=True)
class Corrupted:
    """A task's samples with what is wrong with them: rows of the stream."""

    samples: Samples
    noisy: NDArray[np.int64]
    outliers: NDArray[np.int64]


def corrupted(
    samples: Samples, corruption: Corruption, images: NDArray[np.uint8], rng: np.random.Generator
) -> Corrupted:
    """Return a task's samples [N], some with a wrong label of the task, some with one of ``images`` [M, H, W, C].

    Raises:
        ValueError: the task has one class alone, so that no label of it could be wrong.
    """
    labels = np.unique(samples.labels.numpy())
    if len(labels) < 2:
        raise ValueError("label noise takes two classes in a task at least")
    counts = [round(share * len(samples)) for share in (corruption.label_noise, corruption.outliers)]
    noisy, outlying, _ = np.split(rng.permutation(len(samples)), np.cumsum(counts))
    changed = samples.labels.clone()
    for place in noisy:
        others = labels[labels != int(samples.labels[place])]
        changed[place] = int(rng.choice(others))
    inputs = samples.inputs.clone()
    drawn = rng.choice(len(images), size=len(outlying), replace=len(outlying) > len(images))
    inputs[torch.from_numpy(outlying)] = torch.from_numpy(images[drawn])
    rows = samples.rows.numpy()
    return Corrupted(Samples(inputs, changed, samples.rows), rows[noisy], rows[outlying])

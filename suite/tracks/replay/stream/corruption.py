"""Wrong labels and outliers put into a stream: where selectors that look for hard samples should fail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.lazy import torch
from suite.tracks.replay.exemplars import Exemplars


@dataclass(frozen=True)
class Corruption:
    """Shares of each task's samples that get a wrong label of the same task, or another image; never both."""

    label_noise: float
    outliers: float

    def places(self, count: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return which of ``count`` samples get a wrong label, and which another image: the first draw of ``rng``."""
        counts = [round(share * count) for share in (self.label_noise, self.outliers)]
        noisy, outlying, _ = np.split(rng.permutation(count), np.cumsum(counts))
        return noisy, outlying

    def applied(self, samples: Exemplars, images: NDArray[np.uint8], rng: np.random.Generator) -> Exemplars:
        """Return a task's samples [N], those of `places` with a wrong label or with one of ``images`` [M, H, W, C].

        Raises:
            ValueError: the task has one class alone, so that no label of it could be wrong.
        """
        labels = np.unique(samples.labels.numpy())
        if len(labels) < 2:
            raise ValueError("label noise needs two or more classes in a task")
        noisy, outlying = self.places(len(samples), rng)
        changed = samples.labels.clone()
        for place in noisy:
            changed[place] = int(rng.choice(labels[labels != int(samples.labels[place])]))
        inputs = samples.inputs.clone()
        drawn = rng.choice(len(images), size=len(outlying), replace=len(outlying) > len(images))
        inputs[torch.from_numpy(outlying)] = torch.from_numpy(images[drawn])
        return Exemplars(inputs, changed, samples.rows)

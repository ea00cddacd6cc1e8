"""Recursive training: each generation's denoiser is trained on what a filter leaves of the samples of the last one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from suite.contracts import Column, Ingredient, Outcome, Task, TaskContext
from suite.lazy import torch
from suite.tracks.memorization.contract import DetectionContext, PathDetector
from suite.tracks.memorization.detection.protocol import scored
from suite.tracks.memorization.mixtures.denoiser import MixtureDenoiser
from suite.tracks.memorization.mixtures.generation_samples import LEFT, OUT, SPREAD, SUBSETS, GenerationSamples
from suite.tracks.memorization.mixtures.metrics import KEPT
from suite.tracks.memorization.mixtures.mixture import Mixture
from suite.tracks.memorization.mixtures.protocol import LAST
from suite.tracks.memorization.mixtures.recipe import EvenRecipe
from suite.tracks.memorization.mixtures.sampling import cut_schedule, sampled

if TYPE_CHECKING:
    from torch import Tensor


class GenerationsTask(Task[PathDetector]):
    """Base of the tasks that train on samples again and again. Declare the class attributes of a task and these.

    Attributes:
        mixture: with as many points as each generation is trained on; ``recipe``: for every generation's denoiser.
    """

    mixture: ClassVar[Mixture]
    recipe: ClassVar[EvenRecipe]
    metrics = (OUT, LEFT, SPREAD)
    primary = Column(metric=OUT.name, subset=SUBSETS[-1])
    subsets = SUBSETS
    gives = frozenset({"paths", "predictions", "training data"})
    libraries = ("torch._dynamo",)
    samples = GenerationSamples

    def model(self, seed: int) -> MixtureDenoiser:
        """Return the first generation's denoiser, which is trained on the mixture itself."""
        return MixtureDenoiser("first-generation", self.mixture, shared=False, recipe=self.recipe, seed=seed)

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the first generation's denoiser."""
        return (self.model(seed),)

    def evaluate(self, method: PathDetector, context: TaskContext) -> Outcome:
        """Sample, filter and train for five generations.

        First weights, batches and noise of a generation are the same for every detector.

        Raises:
            ValueError: the scores are not finite [N].
            Exception: the method's own.
        """
        started, of_generations = time.perf_counter(), list(self._generations(method, context))
        points, kept = (torch.cat(parts) for parts in zip(*of_generations, strict=True))
        each = [len(part) for part, _ in of_generations]
        samples = GenerationSamples(
            generation=np.repeat(np.arange(1, len(each) + 1), each),
            deviation=(self.mixture.nearest(points)[1].double() / self.mixture.size**0.5).numpy(),
            outside=self.mixture.outside(points).numpy(),
            kept=kept.numpy(),
        )
        return Outcome(samples=samples, cost={"training_and_sampling_seconds": time.perf_counter() - started})

    def _generations(self, method: PathDetector, context: TaskContext) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield each generation's samples [N, D], and which of them the filter keeps [N]."""
        model = self.model(context.seed)
        training = model.points if "training data" in method.needs else None
        told = DetectionContext(**vars(context.method), sought="out of support", training=training)
        network, count = model.load(context.resources), round(self.mixture.points / KEPT)
        for number, subset in enumerate(SUBSETS, start=1):
            generator = torch.Generator().manual_seed(int(context.rng(subset).integers(2**62)))
            noise = torch.randn(count, self.mixture.size, generator=generator)
            path = sampled(network, noise, cut_schedule(), generator, LAST)
            scores, _ = scored(method, path, told)
            kept = torch.zeros(count, dtype=torch.bool)
            kept[torch.from_numpy(scores.argsort(kind="stable")[: self.mixture.points])] = True
            yield path.final, kept
            if number < len(SUBSETS):
                network = model.retrained(path.final[kept], 1000 * number + context.seed, context.resources.log)

"""Tasks on images: a data set in three parts, and what a network reads in each band of spatial frequencies."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from suite.contracts import Ingredient, Resources, TaskContext
from suite.data.split import Split
from suite.data.transform import Transform
from suite.lazy import torch
from suite.tracks.learning_rate.network import SphereNetwork
from suite.tracks.learning_rate.problem import Part, Problem
from suite.tracks.learning_rate.protocol import TrainingTask

if TYPE_CHECKING:
    from torch import Tensor


class ImagesTask(TrainingTask):
    """Base of the tasks on images. Declare these too, and write `parts`.

    Attributes:
        data: the data sets; ``network``: what is trained; ``radius``: of its sphere.
        bands: the first and the last L1 frequency of each band of `probes`.
    """

    gives = frozenset({"batch statistics"})
    data: ClassVar[tuple[Ingredient, ...]]
    transform: ClassVar[Transform]
    network: ClassVar[SphereNetwork]
    radius: ClassVar[float] = 28.0
    bands: ClassVar[tuple[tuple[int, int], ...]]

    @abstractmethod
    def parts(self, resources: Resources) -> tuple[Split, Split, Split]:
        """Return what is trained on, validation and test, the same for every seed."""

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data sets."""
        return self.data

    def check(self, context: TaskContext) -> None:
        """Refuse parts without images or of one class, and labels that the network has no class for."""
        parts = zip(("training", "validation", "test"), self.parts(context.resources), strict=True)
        for name, split in parts:
            split.check(name, context.resources, self.network.classes)
            split.check_classes(name, context.resources)

    def problem(self, context: TaskContext) -> Problem:
        """Return the network under a seed."""
        parts = [self._part(split, context.resources) for split in self.parts(context.resources)]
        return Problem.of(self.network, self.radius, (len(self.rates), self.starts), context, *parts)

    def _part(self, split: Split, resources: Resources) -> Part:
        inputs = self.transform.normalise(split.pixels(self.transform, resources))
        return Part(inputs, torch.from_numpy(split.targets(resources)))

    def probes(self, context: TaskContext, problem: Problem) -> tuple[Part, ...]:
        """Return the test images with one band of frequencies each."""
        return tuple(Part(band(problem.test.inputs, *ends), problem.test.labels) for ends in self.bands)


def band(images: Tensor, first: int, last: int) -> Tensor:
    """Return what images [B, C, H, W] have in the L1 frequencies |kx| + |ky| from ``first`` to ``last``."""
    kx, ky = (torch.fft.fftfreq(size, 1 / size, device=images.device).abs() for size in images.shape[-2:])
    frequency = (kx[:, None] + ky).round()
    kept = (frequency >= first) & (frequency <= last)
    kept_part: Tensor = torch.fft.ifft2(torch.fft.fft2(images) * kept).real
    return kept_part

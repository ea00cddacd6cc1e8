"""The protocol of detection on mixtures: how samples came about to the detector, its scores to the truth."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, ClassVar

from suite.contracts import Axis, Column, Ingredient, Outcome, Setting, Task, TaskContext, Value
from suite.diffusion.guidance import Path
from suite.lazy import torch
from suite.tracks.memorization.contract import DetectionContext, PathDetector
from suite.tracks.memorization.detection.metrics import SECONDS
from suite.tracks.memorization.detection.protocol import scored
from suite.tracks.memorization.mixtures.denoiser import MixtureDenoiser
from suite.tracks.memorization.mixtures.metrics import REMOVED, SAMPLES, SUPPORT_METRICS
from suite.tracks.memorization.mixtures.mixture import Mixture
from suite.tracks.memorization.mixtures.recipe import EvenRecipe
from suite.tracks.memorization.mixtures.samples import SupportSamples
from suite.tracks.memorization.mixtures.sampling import cut_schedule, sampled

if TYPE_CHECKING:
    from torch import Tensor

LAST = 50
"""Of so many last steps a detector sees what was predicted."""
SHARED, SEPARATE = "shared-weights", "separate-weights"


class SupportDetectionTask(Task[PathDetector]):
    """Base of the tasks that detect samples out of support. Declare the class attributes of a task and these.

    Attributes:
        mixtures: by the values of the axis ``mixture``; ``recipes``: by the values of both axes.
        count: samples of a seed.
        shipped: where files of weights are, as ``mixtures-<mixture>-<temporal-layers>.safetensors``; None for none.
    """

    mixtures: ClassVar[Mapping[str, Mixture]]
    recipes: ClassVar[Mapping[tuple[str, str], EvenRecipe]]
    count: ClassVar[int]
    shipped: ClassVar[FilePath | None] = None
    metrics = SUPPORT_METRICS
    primary = Column(metric=REMOVED.name, subset=SAMPLES)
    subsets = (SAMPLES,)
    gives = frozenset({"paths", "predictions", "training data"})
    samples = SupportSamples

    def model(self, setting: Setting) -> MixtureDenoiser:
        """Return the denoiser of a setting, the same for every seed."""
        mixture, layers = setting["mixture"], setting["temporal-layers"]
        name = f"mixtures-{mixture}-{layers}"
        return MixtureDenoiser(
            name=name,
            mixture=self.mixtures[mixture],
            shared=layers == SHARED,
            recipe=self.recipes[mixture, layers],
            shipped=None if self.shipped is None else self.shipped / f"{name}.safetensors",
        )

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the denoisers of all settings."""
        return tuple(self.model(setting) for setting in self.settings())

    def prepare(self, context: TaskContext) -> None:
        """Sample under the default setting."""
        self.paths(context)

    def paths(self, context: TaskContext) -> Path:
        """Return how a seed's samples came about, from the cache."""
        resources, model = context.resources, self.model(context.setting)
        identity = {"denoiser": model.fingerprint(resources), "seed": context.seed, "count": self.count, "last": LAST}
        found = resources.cache.tensors("mixture-paths", identity, lambda: self._sampled(model, context))
        return Path(found["final"], torch.full((cut_schedule().steps, self.count), torch.nan), found["clean"])

    def _sampled(self, model: MixtureDenoiser, context: TaskContext) -> dict[str, Tensor]:
        generator = torch.Generator().manual_seed(int(context.rng("samples").integers(2**62)))
        noise = torch.randn(self.count, model.mixture.size, generator=generator)
        path = sampled(model.load(context.resources), noise, cut_schedule(), generator, LAST)
        assert path.clean is not None
        return {"final": path.final, "clean": path.clean}

    def evaluate(self, method: PathDetector, context: TaskContext) -> Outcome:
        """Let the detector score all samples.

        Raises:
            ValueError: the scores are not finite [N].
            Exception: the method's own.
        """
        model, path = self.model(context.setting), self.paths(context)
        training = model.points if "training data" in method.needs else None
        told = DetectionContext(**vars(context.method), sought="out of support", training=training)
        scores, seconds = scored(method, path, told)
        mode, distance = model.mixture.nearest(path.final)
        measured = {Column(metric=SECONDS.name, subset=SAMPLES): Value(seconds, len(scores))}
        outside = model.mixture.outside(path.final).numpy()
        samples = SupportSamples(mode.numpy(), distance.double().numpy(), outside, scores, measured=measured)
        reached = len(mode[~torch.from_numpy(outside)].unique())
        facts = {"out of support": f"{outside.sum()} of {len(outside)}", "modes reached": f"{reached}"}
        return Outcome(samples=samples, cost={"score_seconds": seconds}, facts=facts)


def mixture_axes(mixtures: Mapping[str, Mixture]) -> tuple[Axis, ...]:
    """Return the axes of a task on these mixtures, the first of them the default."""
    return (
        Axis("mixture", tuple(mixtures), about="The modes that the denoiser is trained on."),
        Axis("temporal-layers", (SEPARATE, SHARED), about="Whether the denoiser's three layers share their weights."),
    )

"""The protocol of the quantization track, the same for every task: one network, several specs, fixed calibration draws.

A task says which network, which data and which specs; this says how a method is fed and what is measured of it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Ingredient, Method, Outcome, Resources, Score, Task, TaskContext, Tuning
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.hashing import digest
from suite.models.features import extract
from suite.models.network import Network
from suite.tracks.grid_search import search
from suite.tracks.quantization.contract import Calibration, Quantizer, TrainedQuantizer
from suite.tracks.quantization.measuring import MEAN, Measuring
from suite.tracks.quantization.metrics import ACCURACY, IMAGES, MEMORY, METRICS, SECONDS
from suite.tracks.quantization.probe import Downstream
from suite.tracks.quantization.samples import Judged, from_table, influence, scores, to_table
from suite.tracks.quantization.spec import Spec
from suite.tracks.quantization.training import TrainingImages

if TYPE_CHECKING:
    import pyarrow as pa
    from torch import nn

    from suite.contracts.task import Influence


@dataclass(frozen=True)
class Quantized:
    """A model that a method returned, and what that took."""

    network: nn.Module
    cost: dict[str, float]


class QuantizationTask(Task):
    """Base of the quantization tasks. Declare the class attributes and ``specs``; write `model`, `data` and the splits.

    Attributes:
        specs: the columns of the table. The first ranks, and it alone is probed for transfer and walked back to the
            original weights.
        downstream_names: of the data sets that features are probed on, in the order of the table.
        training_images: how many images of the training split, the same for every seed, methods that train are given;
            None for all.
    """

    metrics = METRICS
    specs: ClassVar[tuple[Spec, ...]]
    downstream_names: ClassVar[tuple[str, ...]] = ()
    training_images: ClassVar[int | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "specs"):
            columns = [subset_of(spec, cls.specs) for spec in cls.specs]
            cls.subsets = (*columns, *([MEAN, *cls.downstream_names] if cls.downstream_names else []))
            cls.primary = Column(metric=ACCURACY.name, subset=columns[0])

    @abstractmethod
    def model(self) -> Network:
        """Return the network that is quantized, the same for every seed: seeds draw calibration images."""

    @abstractmethod
    def data(self) -> tuple[DataSet, ...]:
        """Return every data set of the task; downstream sets may be optional."""

    @abstractmethod
    def training(self, resources: Resources) -> Split:
        """Return what calibration images are drawn from and methods that train are given; the network has seen it."""

    @abstractmethod
    def test(self, resources: Resources) -> Split:
        """Return the test images."""

    def validation(self, resources: Resources) -> Split | None:
        """Return images that are in no test, to choose parameters by; None if there are none."""
        return None

    def downstream(self, resources: Resources) -> dict[str, Downstream]:
        """Return the data sets at hand to probe features with, by name."""
        return {}

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data sets and the network."""
        return (*self.data(), self.model())

    def prepare(self, context: TaskContext) -> None:
        """Train or fetch the network, and let it judge the test images."""
        extract(self.model(), self.test(context.resources), context.resources)

    def evaluate(self, method: Method, context: TaskContext) -> Outcome:
        """Quantize for each spec, judge the test images, look at what the model does.

        A spec at which the method fails has no scores but a reason.

        Raises:
            Exception: the method's own, if it fails at the primary spec.
        """
        resources = context.resources
        measuring = Measuring(self.model(), self.test(resources), resources)
        downstream = self.downstream(resources)
        judged: list[Judged] = []
        facts = self._facts(context)
        seconds = 0.0
        for spec in self.specs:
            subset, primary = subset_of(spec, self.specs), spec == self.specs[0]
            try:
                made = self.quantized(method, spec, context)
                found, said = measuring.audited(made.network, subset, spec)
                measured = {(name, subset): (value, 1) for name, value in made.cost.items()} | dict(found)
                for further, why in (
                    (measuring.walked(made.network, subset), measuring.probed(made.network, downstream))
                    if primary
                    else ()
                ):
                    measured |= further
                    said |= why
                judged.append(measuring.judged(made.network, subset, measured))
            except Exception as error:
                if primary:
                    raise
                facts[f"{subset} failed"] = f"{type(error).__name__}: {error}"[:500]
                continue
            facts |= said
            seconds += made.cost[SECONDS.name]
        return Outcome(
            scores=scores(judged),
            samples=to_table(judged),
            cost={"quantize_seconds": seconds},
            missing=tuple(name for name in self.downstream_names if name not in downstream),
            facts=facts,
        )

    def tune(
        self, method: type[Method], fixed: Mapping[str, Any], grid: Mapping[str, Sequence[Any]], context: TaskContext
    ) -> Tuning:
        """Return the grid's best point by top-1 at the primary spec on the validation images."""
        split = self.validation(context.resources)
        if split is None:
            return super().tune(method, fixed, grid, context)
        measuring = Measuring(self.model(), split, context.resources)
        return search(
            method,
            fixed,
            grid,
            lambda candidate: measuring.accuracy(self.quantized(candidate, self.specs[0], context).network),
            measured=f"top-1 at {self.specs[0].name} on validation images",
            data=digest(split.identity(context.resources)),
        )

    def rescore(self, samples: pa.Table) -> tuple[Score, ...]:
        """Return the scores of a stored per-sample table, by the metrics as they are now."""
        return scores(from_table(samples))

    def influence(self, samples: pa.Table, column: Column) -> Influence | None:
        """Return each test image's part in accuracy, drop and agreement; the other metrics have none."""
        return influence(samples, column)

    def calibration_rows(self, spec: Spec, context: TaskContext) -> NDArray[np.int64]:
        """Return the places in the training split of the seed's calibration images; smaller draws begin larger ones."""
        count = len(self.training(context.resources).rows(context.resources))
        return context.rng("calibration").permutation(count)[: spec.calibration]

    def quantized(self, method: Method, spec: Spec, context: TaskContext) -> Quantized:
        """Return the network quantized by a method.

        Raises:
            TypeError: it is no `Quantizer`, or what it returns is no module.
            Exception: the method's own.
        """
        import torch

        from suite.tracks.quantization.expense import Expense

        if not isinstance(method, Quantizer):
            raise TypeError(f"{type(method).__name__} is not a suite.tracks.quantization.Quantizer")
        resources, model = context.resources, self.model()
        split = self.training(resources)
        pixels = split.pixels(model.transform, resources, self.calibration_rows(spec, context))
        training = self._training_images(resources) if isinstance(method, TrainedQuantizer) else None
        calibration = Calibration(model.transform.normalise(pixels.to(resources.device)), training)
        network = model.load(resources)
        torch.manual_seed(context.seed)
        with Expense(resources.device) as expense:
            made = method.quantize(network, calibration, spec, context.method)
        if not isinstance(made, torch.nn.Module):
            raise TypeError(f"{method.name} returned a {type(made).__name__}, not a torch module")
        trained = method.epochs * len(training) if isinstance(method, TrainedQuantizer) and training else 0.0
        cost = {SECONDS.name: expense.seconds, MEMORY.name: expense.megabytes, IMAGES.name: len(pixels) + trained}
        return Quantized(made.eval(), cost)

    def _training_images(self, resources: Resources) -> TrainingImages:
        split, model = self.training(resources), self.model()
        chosen = np.random.default_rng(0).permutation(len(split.rows(resources)))[: self.training_images]
        return TrainingImages(split.part(np.sort(chosen), resources), model.transform, model.recipe, resources)

    def _facts(self, context: TaskContext) -> dict[str, str]:
        resources, model, split = context.resources, self.model(), self.test(context.resources)
        right = extract(model, split, resources)["logits"].argmax(dim=1).numpy() == split.targets(resources)
        rows = self.calibration_rows(max(self.specs, key=lambda spec: spec.calibration), context)
        return {
            "reference model": f"{model.name} {model.fingerprint(resources)[:12]}",
            "reference accuracy": f"{100 * right.mean():.2f} % of {len(right):,} test images",
            "calibration rows": digest([int(row) for row in rows])[:12],
        }


def subset_of(spec: Spec, specs: Sequence[Spec]) -> str:
    """Return the column of a spec among a task's: ``W4A4``, or ``W4A4/32`` with other images than the first has."""
    return spec.name if spec.calibration == specs[0].calibration else f"{spec.name}/{spec.calibration}"

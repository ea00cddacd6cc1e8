"""The protocol of the quantization track, the same for every task: one network, one precision, one calibration draw.

A task says which network and which data; this says how a method is fed and what is measured of what it returns.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import (
    Column,
    Ingredient,
    Method,
    Metric,
    Outcome,
    Resources,
    Samples,
    Setting,
    Task,
    TaskContext,
    Tuning,
)
from suite.contracts.returned import refuse
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.grid_search import search
from suite.hashing import digest
from suite.models.accuracy import check_knows, right
from suite.models.features import extract, linear_head
from suite.models.network import Network
from suite.tracks.quantization.contract import TRAINING, Calibration, Quantizer
from suite.tracks.quantization.evaluation import MEAN, Evaluation, Facts, Measured, measured
from suite.tracks.quantization.metrics import ACCURACY, IMAGES, METRICS, SECONDS
from suite.tracks.quantization.probe import Downstream
from suite.tracks.quantization.samples import TEST, QuantizationSamples
from suite.tracks.quantization.spec import Spec
from suite.tracks.quantization.training import TrainingImages

if TYPE_CHECKING:
    from torch import nn


class QuantizationTask(Task[Quantizer]):
    """Base of the quantization tasks. Declare the class attributes and ``axes``; write `model`, `data` and the splits.

    ``axes`` are `PRECISION` and a `calibration_axis`. The data sets that features are probed on follow ``test`` and
    ``downstream``, their mean, in ``subsets``.

    Attributes:
        training_images: how many images of the training split, the same for every seed, methods that train are given;
            None for all.
    """

    metrics: ClassVar[tuple[Metric, ...]] = METRICS
    primary = Column(metric=ACCURACY.name, subset=TEST)
    subsets: ClassVar[tuple[str, ...]] = (TEST,)
    gives = frozenset({TRAINING.name})
    samples: ClassVar[type[Samples]] = QuantizationSamples
    comparable_by = ("weight scales", "activation scales", "trained on")
    training_images: ClassVar[int | None] = None

    @abstractmethod
    def model(self) -> Network:
        """Return the network that is quantized, the same for every seed: seeds draw calibration images."""

    def replaceable(self) -> Network:
        """Return the network: any classifier of the same classes can be quantized instead."""
        return self.model()

    def given_model(self) -> Network:
        """Return the network that methods are given: the task's own, or the one that stands in for it."""
        return self.substitute if isinstance(self.substitute, Network) else self.model()

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

    def settings(self) -> tuple[Setting, ...]:
        """Return every precision with the default calibration, and every calibration at the default precision."""
        defaults = self.setting({})
        return tuple(
            setting
            for setting in super().settings()
            if any(setting[axis] == defaults[axis] for axis in ("precision", "calibration"))
        )

    def declines(self, method: type[Method], setting: Setting, partners: Sequence[type[Method]] = ()) -> str:
        """Return also why the method itself cannot do what the setting asks for."""
        lacking = super().declines(method, setting, partners)
        return lacking or (method.supports(Spec.of(setting)) if issubclass(method, Quantizer) else "")

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data sets and the network."""
        return (*self.data(), self.given_model())

    def check(self, context: TaskContext) -> None:
        """Refuse a test without images, of one class, or with labels that the network has no class for."""
        test = self.test(context.resources)
        test.check("test", context.resources, linear_head(self.given_model().architecture.build()).out_features)
        test.check_classes("test", context.resources)

    def prepare(self, context: TaskContext) -> None:
        """Train or fetch the network, and run it on the test images."""
        extract(self.given_model(), self.test(context.resources), context.resources)
        if self.substitute is not None:
            check_knows(self.given_model(), self.test(context.resources), context.resources)

    def evaluate(self, method: Quantizer, context: TaskContext) -> Outcome:
        """Quantize under the setting, and measure what came of it."""
        resources = context.resources
        network, cost = self.quantize(method, context)
        order = context.order("test order").permutation if context.secret else None
        evaluation = Evaluation(self.given_model(), self.test(resources), resources, order)
        training, rows = self._training_images(method, resources), self.calibration_rows(context)
        images = len(rows) + (0 if training is None else method.epochs * len(training))
        numbers = measured(SECONDS, cost[SECONDS.name]) | measured(IMAGES, images)
        samples, found, missing = self.answers(network, evaluation, numbers, context)
        facts = {
            **self._reference_facts(resources),
            **(self.substitute.facts if self.substitute is not None else {}),
            "calibration rows": digest([int(row) for row in rows])[:12],
            "trained on": "nothing" if training is None else f"{len(training):,} labelled images",
            **found,
        }
        return Outcome(samples=samples, cost=cost, missing=missing, facts=facts)

    def answers(
        self, network: nn.Module, evaluation: Evaluation, numbers: Measured, context: TaskContext
    ) -> tuple[Samples, Facts, tuple[str, ...]]:
        """Return samples with all numbers, facts, and missing subsets: answers, arithmetic, basin and features."""
        downstream = self.downstream(context.resources)
        facts: Facts = {}
        for more_numbers, more_facts in (
            evaluation.audit(network, self.spec(context)),
            evaluation.basin(network),
            evaluation.probes(network, downstream),
        ):
            numbers |= more_numbers
            facts |= more_facts
        missing = tuple(name for name in self.subsets if name not in (TEST, MEAN, *downstream))
        return evaluation.samples(network, numbers), facts, missing

    def tune(
        self, method: type[Quantizer], fixed: Mapping[str, Any], grid: Mapping[str, Sequence[Any]], context: TaskContext
    ) -> Tuning:
        """Return the grid's best point by top-1 under the setting on the validation images."""
        split = self.validation(context.resources)
        if split is None:
            return super().tune(method, fixed, grid, context)
        evaluation = Evaluation(self.given_model(), split, context.resources)
        return search(
            method,
            fixed,
            grid,
            lambda candidate: evaluation.accuracy(self.quantize(candidate, context)[0]),
            measured=f"top-1 at {self.spec(context).name} on validation images",
            data=digest(split.identity(context.resources)),
        )

    def spec(self, context: TaskContext) -> Spec:
        """Return what a cell asks for, with the defaults where its setting says nothing."""
        return Spec.of(self.setting(context.setting))

    def calibration_rows(self, context: TaskContext) -> NDArray[np.int64]:
        """Return the places in the training split of the seed's calibration images; smaller draws begin larger ones."""
        count = len(self.training(context.resources).rows(context.resources))
        return context.rng("calibration").permutation(count)[: self.spec(context).calibration]

    def quantize(self, method: Quantizer, context: TaskContext) -> tuple[nn.Module, dict[str, float]]:
        """Return the network quantized by a method, and what that cost.

        Raises:
            ValueError: the method does not support the setting.
            TypeError: what it returns is no module.
            Exception: the method's own.
        """
        import torch

        resources, model, spec = context.resources, self.given_model(), self.spec(context)
        if unsupported := method.supports(spec):
            raise ValueError(unsupported)
        pixels = self.training(resources).pixels(model.transform, resources, self.calibration_rows(context))
        images = model.transform.normalise(pixels.to(resources.device))
        calibration = Calibration(images, self._training_images(method, resources))
        network = model.load(resources)
        torch.manual_seed(context.seed)
        gpu = resources.device if resources.device.startswith("cuda") else None
        if gpu:
            torch.cuda.reset_peak_memory_stats(gpu)
        started = time.perf_counter()
        network = method.quantize(network, calibration, spec, context.method)
        if gpu:
            torch.cuda.synchronize(gpu)
        cost = {SECONDS.name: time.perf_counter() - started}
        if gpu:
            cost["gpu_megabytes"] = torch.cuda.max_memory_allocated(gpu) / 1e6
        if not isinstance(network, torch.nn.Module):
            refuse(network, f"quantize of {method.name}", "a torch module, the quantized network")
        return network.eval(), cost

    def _training_images(self, method: Quantizer, resources: Resources) -> TrainingImages | None:
        if TRAINING.name not in method.needs:
            return None
        split, model = self.training(resources), self.given_model()
        places = np.random.default_rng(0).permutation(len(split.rows(resources)))[: self.training_images]
        return TrainingImages(split.part(np.sort(places), resources), model.transform, model.recipe, resources)

    def _reference_facts(self, resources: Resources) -> dict[str, str]:
        model = self.given_model()
        correct = right(model, self.test(resources), resources)
        return {
            "reference model": f"{model.name} {model.fingerprint(resources)[:12]}",
            "reference accuracy": f"{100 * correct.mean():.2f} % of {len(correct):,} test images",
        }

"""Tasks on networks with outliers: the track's protocol, with how far these lie out, and mean bits of all storage."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Column, Metric, Resources, Samples, TaskContext
from suite.tracks.quantization.evaluation import Evaluation, Facts, Measured, measured
from suite.tracks.quantization.metrics import METRICS, SIZE
from suite.tracks.quantization.protocol import QuantizationTask
from suite.tracks.quantization.samples import TEST

if TYPE_CHECKING:
    from torch import nn

MEAN_BITS = Metric(
    name="mean_bits",
    direction="lower",
    bounds=(0, None),
    unit="bits",
    definition="Bits stored per weight of the FP32 network's multiplying layers: the audited size, less what that "
    "network keeps beside them in float32. Scales, columns in 16 bits and branches of low rank are in it.",
)
OBSERVED = 256
"""Training images, the first ones, on which outliers are measured."""


class OutlierTask(QuantizationTask):
    """Base of these tasks: what a `QuantizationTask` measures, with `MEAN_BITS` and facts of the network's outliers."""

    metrics = (*METRICS, MEAN_BITS)

    def answers(
        self, network: nn.Module, evaluation: Evaluation, numbers: Measured, context: TaskContext
    ) -> tuple[Samples, Facts, tuple[str, ...]]:
        """Return also the mean bits, from the size that the audit found."""
        samples, facts, missing = super().answers(network, evaluation, numbers, context)
        found: Any = samples
        size = found.measured[Column(metric=SIZE.name, subset=TEST)].value
        bits = mean_bits(self.given_model().load(context.resources), size)
        return replace(found, measured=found.measured | measured(MEAN_BITS, bits)), facts, missing

    def prepare(self, context: TaskContext) -> None:
        """Measure the network's outliers besides, once for all cells."""
        super().prepare(context)
        self._outliers(context.resources)

    def _reference_facts(self, resources: Resources) -> dict[str, str]:
        found = self._outliers(resources)
        return {
            **super()._reference_facts(resources),
            "activation kurtosis": ", ".join(f"{site} {kurtosis:.1f}" for site, kurtosis, _ in found),
            "activation max to mean": ", ".join(f"{site} {max_to_mean:.1f}" for site, _, max_to_mean in found),
        }

    def _outliers(self, resources: Resources) -> list[tuple[str, float, float]]:
        """Return each activation's site, kurtosis and largest magnitude over the mean, which are measured once."""
        model, split = self.given_model(), self.training(resources)
        seen = split.part(np.arange(min(OBSERVED, len(split.rows(resources)))), resources)
        identity = {"model": model.fingerprint(resources), "transform": model.transform.identity}
        identity |= seen.identity(resources)
        note = resources.cache.note("outliers", identity)
        if note is None:
            from suite.tracks.quantization.outliers.measure import outliers

            images = model.transform.normalise(seen.pixels(model.transform, resources).to(resources.device))
            found = outliers(model.load(resources), images)
            note = {"sites": [[each.site, each.kurtosis, each.max_to_mean] for each in found]}
            resources.cache.write_note("outliers", identity, note)
        return [(site, kurtosis, ratio) for site, kurtosis, ratio in note["sites"]]


def mean_bits(original: nn.Module, size: float) -> float:
    """Return the bits stored per weight of a network's linear layers and convolutions, at a size in 10^6 bytes."""
    from torch import nn

    layers = [module for module in original.modules() if isinstance(module, nn.Linear | nn.Conv2d)]
    weights = sum(layer.weight.numel() for layer in layers)
    others = sum(parameter.numel() for parameter in original.parameters()) - weights
    return (8e6 * size - 32 * others) / weights

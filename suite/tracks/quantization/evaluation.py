"""What is measured of one quantized model, beside its FP32 original."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Metric, Resources
from suite.contracts.samples import Value
from suite.data.split import Split, SplitImages
from suite.measures.probabilities import answered
from suite.models.features import extract
from suite.models.network import Network
from suite.tracks.quantization import metrics
from suite.tracks.quantization.probe import Downstream, probe_accuracy
from suite.tracks.quantization.samples import TEST, QuantizationSamples
from suite.tracks.quantization.spec import Spec

if TYPE_CHECKING:
    from torch import Tensor, nn

Measured = dict[Column, Value]
Facts = dict[str, str]
BATCH = 100
AUDITED = 8
"""Real images that the audit looks at, and as many of noise."""
BARRIER_IMAGES = 512
"""Test images on which the loss barrier is measured."""
MEAN = "downstream"
"""The subset that is the mean over the data sets that are probed."""


def measured(metric: Metric, value: float, n: int = 1, subset: str = TEST) -> Measured:
    """Return a number of the model as a whole, from ``n`` samples, in its column."""
    return {Column(metric=metric.name, subset=subset): Value(float(value), n)}


@dataclass(frozen=True)
class Evaluation:
    """Measures quantized models of one network on one test split.

    ``order`` gives the order, of so many, in which the test images are asked about; None for their own.
    """

    model: Network
    test: Split
    resources: Resources
    order: Callable[[int], NDArray[np.int64]] | None = None

    def samples(self, network: nn.Module, numbers: Measured) -> QuantizationSamples:
        """Return the answers on the test images beside the original's, and the numbers of the whole with them.

        Raises:
            ValueError: the logits have a wrong shape or are not finite.
        """
        reference = extract(self.model, self.test, self.resources)["logits"].double()
        logits = self._logits(network).double()
        if logits.shape != reference.shape or not bool(logits.isfinite().all()):
            raise ValueError(
                f"logits must be finite, of shape {tuple(reference.shape)}. Got shape {tuple(logits.shape)}"
            )
        labels = self.test.targets(self.resources)
        return QuantizationSamples(
            rows=self.test.rows(self.resources),
            labels=labels,
            reference=reference.argmax(dim=1).numpy(),
            predicted=logits.argmax(dim=1).numpy(),
            signal=reference.square().sum(dim=1).numpy(),
            noise=(logits - reference).square().sum(dim=1).numpy(),
            **answered(logits.numpy(), labels),
            measured=numbers,
        )

    def audit(self, network: nn.Module, spec: Spec) -> tuple[Measured, Facts]:
        """Return what the audit measured, and what it says."""
        import torch

        from suite.tracks.quantization.answering import audited

        images = self._images(AUDITED)
        noise = 3 * torch.randn(images.shape, generator=torch.Generator().manual_seed(0)).to(images)
        result = audited(network, torch.cat([images, noise]), spec)
        numbers = (
            measured(metrics.MISMATCHES, len(result.mismatches))
            | measured(metrics.MAC_COVERAGE, result.mac_coverage)
            | measured(metrics.PARAMETER_COVERAGE, result.parameter_coverage)
            | measured(metrics.WEIGHT_BITS, result.weight_bits)
            | measured(metrics.ACTIVATION_BITS, result.activation_bits)
            | measured(metrics.SIZE, result.size_mb)
        )
        verdict = "; ".join(result.mismatches) or "as declared, and its integers give the same outputs"
        scales = {f"{role} scales": granularity for role, granularity in result.granularity.items()}
        return numbers, {"audit": verdict[:1000], **scales}

    def basin(self, network: nn.Module) -> tuple[Measured, Facts]:
        """Return the accuracy of the latent weights and the loss barrier, or why there are none."""
        import torch

        from suite.tracks.quantization.answering import latent, logits_on_the_way
        from suite.tracks.quantization.basin import NoLatentWeights, barrier

        original = self.model.load(self.resources)
        try:
            floats, used = (latent(network, original, keep) for keep in (True, False))
        except NoLatentWeights as error:
            return {}, {"latent accuracy and loss barrier": f"not measured: {error}"}
        images, labels = self._images(BARRIER_IMAGES), self.test.targets(self.resources)
        few_labels = torch.from_numpy(labels[:BARRIER_IMAGES]).to(images.device)
        height = barrier(lambda share: logits_on_the_way(used, original, share, images), few_labels)
        latent_accuracy = measured(metrics.LATENT, self.accuracy(floats), len(labels))
        return latent_accuracy | measured(metrics.BARRIER, height, len(images)), {}

    def probes(self, network: nn.Module, data_sets: Mapping[str, Downstream]) -> tuple[Measured, Facts]:
        """Return the probes' accuracy on each data set and their mean, or why there is none."""
        numbers: Measured = {}
        try:
            for name, data in data_sets.items():
                train, test = (
                    (self._features(network, side), side.targets(self.resources)) for side in (data.train, data.test)
                )
                numbers |= measured(metrics.PROBE, probe_accuracy(*train, *test), len(test[1]), name)
        except TypeError as error:  # the model has no linear head any more
            return {}, {"probe accuracy": f"not measured: {error}"}
        if numbers:
            mean = float(np.mean([number.value for number in numbers.values()]))
            numbers |= measured(metrics.PROBE, mean, len(data_sets), MEAN)
        return numbers, {}

    def accuracy(self, network: nn.Module) -> float:
        """Return top-1 on the test images."""
        hits = self._logits(network).argmax(dim=1).numpy() == self.test.targets(self.resources)
        return float(hits.mean())

    def _logits(self, network: nn.Module) -> Tensor:
        import torch

        order = None if self.order is None else self.order(len(self.test.rows(self.resources)))
        with torch.no_grad():
            logits = torch.cat([network(images).float().cpu() for images in self._batches(self.test, order)])
        return logits if order is None else torch.empty_like(logits).index_copy_(0, torch.from_numpy(order), logits)

    def _features(self, network: nn.Module, split: Split) -> np.ndarray:
        import torch

        from suite.tracks.quantization.answering import outputs

        parts = [outputs(network, images)[0].cpu() for images in self._batches(split)]
        return torch.cat(parts).numpy()

    def _images(self, count: int) -> Tensor:
        return SplitImages((self.test,), self.model.transform, self.resources)[slice(count)]

    def _batches(self, split: Split, order: NDArray[np.int64] | None = None) -> Iterator[Tensor]:
        images = SplitImages((split,), self.model.transform, self.resources, order)
        return (images[slice(start, start + BATCH)] for start in range(0, len(images), BATCH))

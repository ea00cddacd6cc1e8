"""What is measured of one quantized model, beside its FP32 original."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from suite.contracts import Resources
from suite.data.split import Split, SplitImages
from suite.models.features import extract, features_and_logits
from suite.models.network import Network
from suite.tracks.quantization.metrics import (
    ACTIVATION_BITS,
    BARRIER,
    LATENT,
    MAC_COVERAGE,
    MISMATCHES,
    PARAMETER_COVERAGE,
    PROBE,
    SIZE,
    WEIGHT_BITS,
)
from suite.tracks.quantization.probe import Downstream, probe_accuracy
from suite.tracks.quantization.samples import Judged, Measured
from suite.tracks.quantization.spec import Spec

if TYPE_CHECKING:
    from torch import Tensor, nn

BATCH = 100
AUDITED = 8
"""Real images that the audit looks at, and as many of noise."""
WALKED = 512
"""Test images on which the loss barrier is measured."""
MEAN = "downstream"
"""The subset that is the mean over the data sets that are probed."""


@dataclass(frozen=True)
class Measuring:
    """Measures quantized models of one network on one test split."""

    model: Network
    test: Split
    resources: Resources

    def judged(self, network: nn.Module, subset: str, measured: Measured) -> Judged:
        """Return the answers on the test images beside the original's.

        Raises:
            ValueError: the logits have a wrong shape or are not finite.
        """
        reference = extract(self.model, self.test, self.resources)["logits"].double()
        found = self._logits(network).double()
        if found.shape != reference.shape or not bool(found.isfinite().all()):
            raise ValueError(f"expected finite logits of shape {tuple(reference.shape)}, got {tuple(found.shape)}")
        return Judged(
            subset=subset,
            rows=self.test.rows(self.resources),
            labels=self.test.targets(self.resources),
            reference=reference.argmax(dim=1).numpy(),
            predicted=found.argmax(dim=1).numpy(),
            signal=reference.square().sum(dim=1).numpy(),
            noise=(found - reference).square().sum(dim=1).numpy(),
            measured=measured,
        )

    def audited(self, network: nn.Module, subset: str, spec: Spec) -> tuple[Measured, dict[str, str]]:
        """Return what the audit measured, and what it says."""
        import torch

        from suite.tracks.quantization.audit import audit

        real = SplitImages((self.test,), self.model.transform, self.resources)[slice(AUDITED)]
        noise = 3 * torch.randn(real.shape, generator=torch.Generator().manual_seed(0)).to(real)
        found = audit(network, torch.cat([real, noise]), spec)
        measured = {
            MISMATCHES.name: len(found.mismatches),
            MAC_COVERAGE.name: found.mac_coverage,
            PARAMETER_COVERAGE.name: found.parameter_coverage,
            WEIGHT_BITS.name: found.weight_bits,
            ACTIVATION_BITS.name: found.activation_bits,
            SIZE.name: found.size_mb,
        }
        verdict = "; ".join(found.mismatches) or "as declared, and its integers give the same outputs"
        facts = {
            f"{subset} audit": verdict[:1000],
            **{f"{role} scales": kind for role, kind in found.granularity.items()},
        }
        return {(name, subset): (float(value), 1) for name, value in measured.items()}, facts

    def walked(self, network: nn.Module, subset: str) -> tuple[Measured, dict[str, str]]:
        """Return the accuracy of the latent weights and the loss barrier, or why there are none."""
        import torch

        from suite.tracks.quantization.basin import NoLatentWeights, latent, loss_barrier

        original = self.model.load(self.resources)
        try:
            floats, used = (latent(network, original, keep_weights=keep) for keep in (True, False))
        except NoLatentWeights as error:
            return {}, {"latent accuracy and loss barrier": f"not measured: {error}"}
        labels = self.test.targets(self.resources)
        hits = self._logits(floats).argmax(dim=1).numpy() == labels
        images = SplitImages((self.test,), self.model.transform, self.resources)[slice(WALKED)]
        barrier = loss_barrier(original, used, images, torch.from_numpy(labels[:WALKED]).to(images.device))
        measured = {
            (LATENT.name, subset): (float(hits.mean()), len(hits)),
            (BARRIER.name, subset): (barrier, len(images)),
        }
        return measured, {}

    def probed(self, network: nn.Module, sets: Mapping[str, Downstream]) -> tuple[Measured, dict[str, str]]:
        """Return the probes' accuracy on each data set and their mean, or why there is none."""
        measured = {}
        try:
            for name, data in sets.items():
                sides = [
                    (self._features(network, side), side.targets(self.resources)) for side in (data.train, data.test)
                ]
                measured[(PROBE.name, name)] = (probe_accuracy(*sides[0], *sides[1]), len(sides[1][1]))
        except TypeError as error:  # the model has no linear head any more
            return {}, {"probe accuracy": f"not measured: {error}"}
        if measured:
            mean = float(np.mean([value for value, _ in measured.values()]))
            measured[(PROBE.name, MEAN)] = (mean, len(sets))
        return measured, {}

    def accuracy(self, network: nn.Module) -> float:
        """Return top-1 on the test images."""
        hits = self._logits(network).argmax(dim=1).numpy() == self.test.targets(self.resources)
        return float(hits.mean())

    def _logits(self, network: nn.Module) -> Tensor:
        import torch

        with torch.no_grad():
            return torch.cat([network(images).float().cpu() for images in self._batches(self.test)])

    def _features(self, network: nn.Module, split: Split) -> np.ndarray:
        import torch

        parts = [features_and_logits(network, images)[0].cpu() for images in self._batches(split)]
        return torch.cat(parts).numpy()

    def _batches(self, split: Split) -> Iterator[Tensor]:
        images = SplitImages((split,), self.model.transform, self.resources)
        return (images[slice(start, start + BATCH)] for start in range(0, len(images), BATCH))

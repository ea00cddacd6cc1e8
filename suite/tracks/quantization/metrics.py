"""The metrics of the quantization track."""

from __future__ import annotations

from suite.contracts import Metric
from suite.measures.probabilities import metrics_of

LARGEST_SQNR = 120.0
"""Decibels; float32 itself reaches no more."""


def _share(name: str, definition: str) -> Metric:
    """Return the metric of a share, of which more is better."""
    return Metric(name=name, direction="higher", bounds=(0, 1), unit="fraction", definition=definition)


def _amount(name: str, unit: str, definition: str) -> Metric:
    """Return the metric of an amount, of which less is better."""
    return Metric(name=name, direction="lower", bounds=(0, None), unit=unit, definition=definition)


ACCURACY = _share("accuracy", "Share of test images whose largest logit is that of their class (top-1).")
DROP = Metric(
    name="accuracy_drop",
    direction="lower",
    bounds=(-1, 1),
    unit="fraction",
    definition="Top-1 accuracy of the FP32 model minus that of the quantized one, on the same test images.",
)
AGREEMENT = _share(
    "agreement",
    "Share of test images of which the quantized model says the same as the FP32 model, right or wrong.",
)
SQNR = Metric(
    name="logit_sqnr",
    direction="higher",
    unit="dB",
    definition="10 log10 of the summed squared FP32 logits over the summed squared differences from them, over all "
    f"test images; at most {LARGEST_SQNR:.0f}.",
)
PROBE = _share(
    "probe_accuracy",
    "Test accuracy of logistic regression (C = 1, standardized inputs) on the quantized model's penultimate features "
    "of another data set: whether quantization kept what transfers.",
)
LATENT = _share(
    "latent_accuracy",
    "Top-1 accuracy of the model's own float weights with every quantizer and compensation taken out: whether the "
    "method left the pre-trained basin.",
)
BARRIER = _amount(
    "loss_barrier",
    "nats",
    "Along the straight line from the original weights to those in use, quantized, with activations in FP32: the "
    "largest excess of the mean cross-entropy over the line between its ends; 0 if both lie in one basin.",
)
MISMATCHES = _amount(
    "mismatches",
    "findings",
    "Findings of the audit that are not as the spec says; the run names them. 0 is an honest model.",
)
MAC_COVERAGE = _share(
    "mac_coverage",
    "Share of multiply-accumulates of which both sides were seen to have no more levels than the spec allows.",
)
PARAMETER_COVERAGE = _share(
    "parameter_coverage",
    "Share of all parameters that are weights with no more levels than the spec allows.",
)
WEIGHT_BITS = _amount(
    "weight_bits",
    "bits",
    "Bits stored per weight of a multiplying layer, its scales included, by what the weights were seen to be.",
)
ACTIVATION_BITS = _amount(
    "activation_bits",
    "bits",
    "Bits of the activations that enter products, by what they were seen to be, weighted by multiply-accumulates.",
)
SIZE = _amount(
    "size", "MB", "All parameters and scales in 10^6 bytes, weights at the bits that they were seen to take."
)
SECONDS = _amount(
    "quantize_seconds",
    "s",
    "Wall-clock time of quantizing: calibration and training. Compare it only on one machine.",
)
IMAGES = _amount(
    "images_used",
    "images",
    "Calibration images given, plus training images times epochs for methods that train.",
)

OF_PROBABILITIES = metrics_of("Of the quantized network's answers to the test images.")
AUDIT = (MISMATCHES, MAC_COVERAGE, PARAMETER_COVERAGE, WEIGHT_BITS, ACTIVATION_BITS, SIZE)
METRICS = (ACCURACY, DROP, AGREEMENT, SQNR, *OF_PROBABILITIES, PROBE, LATENT, BARRIER, *AUDIT, SECONDS, IMAGES)

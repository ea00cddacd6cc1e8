"""The metrics of the quantization track."""

from __future__ import annotations

from suite.contracts import Metric

LARGEST_SQNR = 120.0
"""Decibels; float32 itself reaches no more."""

ACCURACY = Metric(
    name="accuracy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of test images whose largest logit is that of their class (top-1).",
)
DROP = Metric(
    name="accuracy_drop",
    direction="lower",
    bounds=(-1, 1),
    unit="fraction",
    definition="Top-1 accuracy of the FP32 model minus that of the quantized one, on the same test images.",
)
AGREEMENT = Metric(
    name="agreement",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of test images of which the quantized model says the same as the FP32 model, right or wrong.",
)
SQNR = Metric(
    name="logit_sqnr",
    direction="higher",
    unit="dB",
    definition="10 log10 of the summed squared FP32 logits over the summed squared differences from them, over all "
    f"test images; at most {LARGEST_SQNR:.0f}.",
)
PROBE = Metric(
    name="probe_accuracy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Test accuracy of logistic regression (C = 1, standardized inputs) on the quantized model's penultimate "
    "features of another data set: whether quantization kept what transfers.",
)
LATENT = Metric(
    name="latent_accuracy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Top-1 accuracy of the model's own float weights with every quantizer and compensation taken out: "
    "whether the method left the pre-trained basin.",
)
BARRIER = Metric(
    name="loss_barrier",
    direction="lower",
    bounds=(0, None),
    unit="nats",
    definition="Along the straight line from the original weights to those in use, quantized, with activations in "
    "FP32: the largest excess of the mean cross-entropy over the line between its ends; 0 if both lie in one basin.",
)
SECONDS = Metric(
    name="quantize_seconds",
    direction="lower",
    bounds=(0, None),
    unit="s",
    definition="Wall-clock time of quantizing: calibration and training. Compare it only on one machine.",
)
MEMORY = Metric(
    name="peak_memory",
    direction="lower",
    bounds=(0, None),
    unit="MB",
    definition="Growth of the process's memory while quantizing, at most; on a GPU, its peak memory.",
)
IMAGES = Metric(
    name="images_used",
    direction="lower",
    bounds=(0, None),
    unit="images",
    definition="Calibration images given, plus training images times epochs for methods that train.",
)
MAC_COVERAGE = Metric(
    name="mac_coverage",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of multiply-accumulates of which both sides were seen to have no more levels than the spec "
    "allows.",
)
PARAMETER_COVERAGE = Metric(
    name="parameter_coverage",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of all parameters that are weights with no more levels than the spec allows.",
)
WEIGHT_BITS = Metric(
    name="weight_bits",
    direction="lower",
    bounds=(0, None),
    unit="bits",
    definition="Bits stored per weight of a multiplying layer, its scales included, by what the weights were seen "
    "to be.",
)
ACTIVATION_BITS = Metric(
    name="activation_bits",
    direction="lower",
    bounds=(0, None),
    unit="bits",
    definition="Bits of the activations that enter products, by what they were seen to be, weighted by "
    "multiply-accumulates.",
)
SIZE = Metric(
    name="size",
    direction="lower",
    bounds=(0, None),
    unit="MB",
    definition="All parameters and scales in 10^6 bytes, weights at the bits that they were seen to take.",
)
MISMATCHES = Metric(
    name="mismatches",
    direction="lower",
    bounds=(0, None),
    unit="findings",
    definition="Findings of the audit that are not as the spec says; the run names them. 0 is an honest model.",
)

SAMPLED = (ACCURACY, DROP, AGREEMENT, SQNR)
"""Those that follow from the per-sample table alone."""
METRICS = (
    *SAMPLED,
    PROBE,
    LATENT,
    BARRIER,
    MISMATCHES,
    MAC_COVERAGE,
    PARAMETER_COVERAGE,
    WEIGHT_BITS,
    ACTIVATION_BITS,
    SIZE,
    SECONDS,
    MEMORY,
    IMAGES,
)

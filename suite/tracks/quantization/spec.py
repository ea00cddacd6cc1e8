"""What a quantized model must keep to, and the axes along which tasks vary it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from suite.contracts import Axis

FLOAT = 32
"""As a number of bits: not quantized."""
BITS = "([1-9]|1[0-6]|32)"
"""Those that a code of `fake` can have, and floats."""


def precision_axis(*more: str) -> Axis:
    """Return the axis of precisions: W4A4, four that all tasks list, and more."""
    return Axis(
        "precision",
        ("W4A4", "W8A8", "W6A6", "W4A8", "W3A3", *more),
        pattern=f"W{BITS}A{BITS}",
        about="Bits of weights and of activations.",
        words="another with 1 to 16 bits, or 32 for floats, as W5A7",
    )


PRECISION = precision_axis()


def calibration_axis(*others: int, pattern: str) -> Axis:
    """Return the axis of the number of calibration images: 128, then others; ``pattern`` says how many there may be."""
    return Axis("calibration", ("128", *map(str, others)), pattern=pattern, about="Number of calibration images.")


@dataclass(frozen=True)
class Spec:
    """Bits of weights and activations, and what there is to calibrate on.

    The protocol's default, the same for every method: the first convolution and the classifier's head have
    ``edge_bits`` for weights and inputs; the inputs of all other layers, the softmax output and both sides of both
    products of attention have ``activation_bits``; LayerNorm, softmax, residual sums and biases stay float32.

    Attributes:
        weight_bits, activation_bits: at most these; 32 stands for float32.
        calibration: number of calibration images.
        edge_bits: of the first convolution and of the head, unless the rest has more.
    """

    weight_bits: int
    activation_bits: int
    calibration: int = 128
    edge_bits: int = 8

    @classmethod
    def of(cls, setting: Mapping[str, str]) -> Spec:
        """Return what a setting asks for, as ``{"precision": "W4A8", "calibration": "128"}``."""
        weight_bits, activation_bits = setting["precision"].removeprefix("W").split("A")
        return cls(int(weight_bits), int(activation_bits), int(setting["calibration"]))

    @property
    def name(self) -> str:
        """As ``W4A8``."""
        return f"W{self.weight_bits}A{self.activation_bits}"

    def weight(self, edge: bool) -> int:
        """Return the bits of a weight."""
        return max(self.weight_bits, self.edge_bits) if edge else self.weight_bits

    def activation(self, edge: bool) -> int:
        """Return the bits of an activation."""
        return max(self.activation_bits, self.edge_bits) if edge else self.activation_bits

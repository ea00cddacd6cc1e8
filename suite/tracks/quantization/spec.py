"""What a quantized model must keep to."""

from __future__ import annotations

from dataclasses import dataclass

FLOAT = 32
"""As a number of bits: not quantized."""


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

"""Puts a quantizer at every site that the protocol names, chosen by a method's own rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from suite.tracks.quantization import FLOAT, Spec, fake

if TYPE_CHECKING:
    from torch import Tensor, nn

    WeightRule = Callable[[Tensor, int], fake.FakeQuantizer]
    ActivationRule = Callable[[fake.Site, fake.Observation, int], fake.FakeQuantizer]


def place_weights(model: nn.Module, spec: Spec, rule: WeightRule) -> None:
    """Put ``rule(weight, bits)`` at every weight: [D_out, D_in], or [C_out, C_in, h, w] of a convolution."""
    for site in fake.weight_sites(model):
        bits = spec.weight(site.edge)
        if bits < FLOAT:
            layer: fake.QuantLayer = site.owner
            weight = layer.weight.detach()
            site.put(rule(weight if layer.fold is None else weight * layer.fold, bits))


def place_activations(model: nn.Module, images: Tensor, spec: Spec, rule: ActivationRule) -> None:
    """Put ``rule(site, observation, bits)`` at every activation, observed on images with no activation quantized.

    Weights are as they are at that time: quantize them before, and their error is calibrated for.
    """
    sites = [site for site in fake.activation_sites(model) if spec.activation(site.edge) < FLOAT]
    observed = fake.observe(model, sites, images)
    for site in sites:
        site.put(rule(site, observed[site.name], spec.activation(site.edge)))

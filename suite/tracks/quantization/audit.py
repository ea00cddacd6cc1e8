"""The audit: whether a model does what its spec says, found by looking at what it multiplies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from suite.tracks.quantization.fake.integers import NotInteger, layer_output, product_output
from suite.tracks.quantization.fake.layers import Product, QuantLayer
from suite.tracks.quantization.fake.multiplications import FLOAT_BITS, Multiplication, Operand, multiplications
from suite.tracks.quantization.fake.quantizer import FakeQuantizer
from suite.tracks.quantization.fake.sites import activation_sites, edges, weight_sites
from suite.tracks.quantization.fake.uniform import Learned, Uniform
from suite.tracks.quantization.spec import Spec

HALF_BITS = 16
TOLERANCE = 1e-4
"""Largest difference of a layer's output from that of its integers, relative to the layer's largest output."""
NAMED = 3
"""How many places a mismatch names."""


@dataclass(frozen=True)
class Audit:
    """What was found.

    Attributes:
        mac_coverage: share of multiply-accumulates with both sides within the spec's bits.
        parameter_coverage: share of all parameters that are weights within the spec's bits.
        weight_bits: stored bits per weight of a layer, scales included.
        activation_bits: bits of the activations that are multiplied, weighted by multiply-accumulates.
        size_mb: of all parameters and scales, 10^6 bytes.
        granularity: how finely weights and activations are scaled: the finest that occurs.
        integer_error: largest difference of a layer's or product's output from its integers', relative; None if not
            one has an integer form.
        mismatches: what is not as the spec says, each a sentence.
    """

    mac_coverage: float
    parameter_coverage: float
    weight_bits: float
    activation_bits: float
    size_mb: float
    granularity: dict[str, str]
    integer_error: float | None
    mismatches: tuple[str, ...]


IntegerErrors = dict[str, float]
"""By the name of a layer or product that has an integer form: how far that is from the output, relative."""


@torch.no_grad()
def audit(model: nn.Module, images: Tensor, spec: Spec) -> Audit:
    """Return what a model does on images [N, C, H, W], a few real ones and some of noise, beside what ``spec`` says."""
    modules = dict(model.named_modules())
    outer = edges(model)
    errors = _integer_errors(model, images)
    found = [_seen_through_codes(each, modules[each.place], errors) for each in multiplications(model, images)]
    within = [_within(each, spec, each.place in outer) for each in found]
    macs = sum(each.macs for each in found)

    weights = {each.place: (each, good) for each, good in zip(found, within, strict=True) if each.weighted}
    stored = sum(each.right.numel * _stored_bits(each, modules[each.place]) for each, _ in weights.values())
    scales = FLOAT_BITS * sum(tensor.numel() for tensor in _scales(model))
    weighted = sum(each.right.numel for each, _ in weights.values())
    quantizing = {id(tensor) for tensor in _scales(model)}
    parameters = sum(tensor.numel() for tensor in model.parameters() if id(tensor) not in quantizing)
    rest = FLOAT_BITS * max(parameters - weighted, 0)
    sides = [(each.macs, side.bits) for each in found for side in _activations(each)]
    return Audit(
        mac_coverage=sum(each.macs for each, good in zip(found, within, strict=True) if good) / max(macs, 1),
        parameter_coverage=sum(each.right.numel for each, good in weights.values() if good) / max(parameters, 1),
        weight_bits=(stored + scales) / max(weighted, 1),
        activation_bits=sum(count * bits for count, bits in sides) / max(sum(count for count, _ in sides), 1),
        size_mb=(stored + scales + rest) / 8e6,
        granularity=_granularity(model, found),
        integer_error=max(errors.values(), default=None),
        mismatches=tuple(_mismatches(model, spec, found, within, errors, outer)),
    )


def levels(quantizer: FakeQuantizer) -> int:
    """Return how many distinct values a quantizer emits under one scale, on inputs that reach every code."""
    fixed = quantizer.frozen() if isinstance(quantizer, Learned) else quantizer
    if not isinstance(fixed, Uniform):
        return len(fixed(fixed.sweep()[None]).unique())
    fractional = (fixed.zero_point - fixed.zero_point.round()).abs().expand_as(fixed.scale).flatten()
    chosen = {0, int(fixed.scale.argmin()), int(fixed.scale.argmax()), int(fractional.argmax())}
    return max(len(single(single.sweep()).unique()) for single in map(fixed.at, chosen))


def _integer_errors(model: nn.Module, images: Tensor) -> IntegerErrors:
    """Return how each of the suite's layers and products does on integers, in a forward pass on images."""
    errors: IntegerErrors = {}
    handles = []
    for name, module in model.named_modules():
        if isinstance(module, QuantLayer | Product):
            handles.append(module.register_forward_hook(_comparing(name, errors)))
    try:
        model(images)
    finally:
        for handle in handles:
            handle.remove()
    return errors


def _comparing(name: str, errors: IntegerErrors) -> Any:
    def hook(module: QuantLayer | Product, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        try:
            exact = layer_output(module, *inputs) if isinstance(module, QuantLayer) else product_output(module, *inputs)
        except NotInteger:
            return
        errors[name] = float((exact - output).abs().max() / output.abs().max().clamp(min=1e-12))

    return hook


def _seen_through_codes(found: Multiplication, module: nn.Module, errors: IntegerErrors) -> Multiplication:
    """Return the same as the codes show it, if they were seen to give the output: folded scales, very short rows."""
    if errors.get(found.place, torch.inf) > TOLERANCE:
        return found
    if isinstance(module, Product):
        quantizers = module.left_quantizer, module.right_quantizer
    elif isinstance(module, QuantLayer):
        quantizers = module.input_quantizer, module.weight_quantizer
    else:
        return found
    left, right = (
        Operand(levels(own), own.granularity, seen.numel) if isinstance(own, FakeQuantizer) else seen
        for seen, own in zip((found.left, found.right), quantizers, strict=True)
    )
    return replace(found, left=left, right=right)


def _within(found: Multiplication, spec: Spec, edge: bool) -> bool:
    right = spec.weight(edge) if found.weighted else spec.activation(edge)
    return found.left.bits <= spec.activation(edge) and found.right.bits <= right


def _activations(found: Multiplication) -> tuple[Operand, ...]:
    return (found.left,) if found.weighted else (found.left, found.right)


def _scales(model: nn.Module) -> Iterator[Tensor]:
    for module in model.modules():
        if isinstance(module, FakeQuantizer):
            yield from (*module.buffers(), *module.parameters())


def _stored_bits(found: Multiplication, module: nn.Module) -> int:
    weight = getattr(module, "weight", None)
    if found.right.bits == FLOAT_BITS and isinstance(weight, Tensor) and torch.equal(weight.half().to(weight), weight):
        return HALF_BITS
    return found.right.bits


def _granularity(model: nn.Module, found: list[Multiplication]) -> dict[str, str]:
    """Return the finest granularity of weights and of activations; what declares none is told by its values."""
    order = ("float", "integers", "per-tensor", "per-head", "per-vector", "per-channel", "per-token", "per-group")
    names = {
        "weight": [each.right.granularity for each in found if each.weighted],
        "activation": [side.granularity for each in found for side in _activations(each)],
    }
    for role, sites in (("weight", weight_sites(model)), ("activation", activation_sites(model))):
        names[role] += [site.quantizer.granularity for site in sites if isinstance(site.quantizer, FakeQuantizer)]
    words = {"weight": {"per-vector": "per-channel"}, "activation": {"per-vector": "per-token"}}
    finest = {role: max(kinds, key=order.index, default="float") for role, kinds in names.items()}
    return {role: words[role].get(kind, kind) for role, kind in finest.items()}


def _mismatches(
    model: nn.Module,
    spec: Spec,
    found: list[Multiplication],
    within: list[bool],
    errors: IntegerErrors,
    outer: set[str],
) -> Iterator[str]:
    beyond = [each for each, good in zip(found, within, strict=True) if not good]
    if beyond:
        share = 100 * sum(each.macs for each in beyond) / sum(each.macs for each in found)
        texts = [
            f"{each.place} (A{each.left.bits}, {'W' if each.weighted else 'A'}{each.right.bits})" for each in beyond
        ]
        yield f"{share:.1f} % of multiply-accumulates exceed {spec.name}: {_listed(texts)}"
    over, fractional = [], []
    for site in (*weight_sites(model), *activation_sites(model)):
        if not isinstance(site.quantizer, FakeQuantizer):
            continue
        allowed = spec.weight(site.edge) if site.kind == "weight" else spec.activation(site.edge)
        count = levels(site.quantizer)
        if count > 2**allowed:
            over.append(f"{site.name} ({count})")
        zero_point = getattr(site.quantizer, "zero_point", None)
        if zero_point is not None and bool((zero_point != zero_point.round()).any()):
            fractional.append(site.name)
    if over:
        yield f"{len(over)} quantizers emit more levels than their bits allow: {_listed(over)}"
    if fractional:
        yield f"{len(fractional)} quantizers have a fractional zero point, which no integer is: {_listed(fractional)}"
    wrong = [f"{name} ({error:.0e})" for name, error in errors.items() if error > TOLERANCE]
    if wrong:
        yield f"{len(wrong)} layers differ from what their integers give: {_listed(wrong)}"


def _listed(texts: list[str]) -> str:
    more = len(texts) - NAMED
    return ", ".join(texts[:NAMED]) + (f" and {more} more" if more > 0 else "")

"""The audit: whether a model does what its spec says, found by looking at what it multiplies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from suite.tracks.quantization.fake.integers import NotInteger, integer_output
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
    seen = multiplications(model, images)
    products = [_seen_through_codes(product, modules[product.place], errors) for product in seen]
    within = [_within(product, spec, product.place in outer) for product in products]
    macs = sum(product.macs for product in products)

    judged = list(zip(products, within, strict=True))
    weights = {product.place: (product, good) for product, good in judged if product.weighted}
    stored = sum(product.right.numel * _stored_bits(product, modules[product.place]) for product, _ in weights.values())
    scales = FLOAT_BITS * sum(tensor.numel() for tensor in _scales(model))
    weighted = sum(product.right.numel for product, _ in weights.values())
    quantizing = {id(tensor) for tensor in _scales(model)}
    parameters = sum(tensor.numel() for tensor in model.parameters() if id(tensor) not in quantizing)
    rest = FLOAT_BITS * max(parameters - weighted, 0)
    sides = [(product.macs, side.bits) for product in products for side in _activations(product)]
    return Audit(
        mac_coverage=sum(product.macs for product, good in judged if good) / max(macs, 1),
        parameter_coverage=sum(product.right.numel for product, good in weights.values() if good) / max(parameters, 1),
        weight_bits=(stored + scales) / max(weighted, 1),
        activation_bits=sum(count * bits for count, bits in sides) / max(sum(count for count, _ in sides), 1),
        size_mb=(stored + scales + rest) / 8e6,
        granularity=_granularity(model, products),
        integer_error=max(errors.values(), default=None),
        mismatches=tuple(_mismatches(model, spec, products, within, errors)),
    )


def levels(quantizer: FakeQuantizer) -> int:
    """Return how many distinct values a quantizer emits under one scale, on inputs that reach every code."""
    fixed = quantizer.frozen() if isinstance(quantizer, Learned) else quantizer
    if not isinstance(fixed, Uniform):
        return len(fixed(fixed.sweep()[None]).unique())
    fractional = (fixed.zero_point - fixed.zero_point.round()).abs().expand_as(fixed.scale).flatten()
    places = {0, int(fixed.scale.argmin()), int(fixed.scale.argmax()), int(fractional.argmax())}
    return max(len(single(single.sweep()).unique()) for single in map(fixed.at, places))


def _integer_errors(model: nn.Module, images: Tensor) -> IntegerErrors:
    """Return how each of the suite's layers and products does on integers, in a forward pass on images."""
    names = {module: name for name, module in model.named_modules() if isinstance(module, QuantLayer | Product)}
    errors: IntegerErrors = {}

    def compare(module: QuantLayer | Product, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        with suppress(NotInteger):
            difference = (integer_output(module, *inputs) - output).abs().max()
            errors[names[module]] = float(difference / output.abs().max().clamp(min=1e-12))

    with ExitStack() as hooks:
        for module in names:
            hooks.enter_context(module.register_forward_hook(compare))
        model(images)
    return errors


def _seen_through_codes(product: Multiplication, module: nn.Module, errors: IntegerErrors) -> Multiplication:
    """Return the same as the codes show it, if they were seen to give the output: folded scales, very short rows."""
    if errors.get(product.place, torch.inf) > TOLERANCE:
        return product
    if isinstance(module, Product):
        quantizers = module.left_quantizer, module.right_quantizer
    elif isinstance(module, QuantLayer):
        quantizers = module.input_quantizer, module.weight_quantizer
    else:
        return product
    left, right = (
        Operand(levels(own), own.granularity, seen.numel) if isinstance(own, FakeQuantizer) else seen
        for seen, own in zip((product.left, product.right), quantizers, strict=True)
    )
    return replace(product, left=left, right=right)


def _within(product: Multiplication, spec: Spec, edge: bool) -> bool:
    right = spec.weight(edge) if product.weighted else spec.activation(edge)
    return product.left.bits <= spec.activation(edge) and product.right.bits <= right


def _activations(product: Multiplication) -> tuple[Operand, ...]:
    return (product.left,) if product.weighted else (product.left, product.right)


def _scales(model: nn.Module) -> Iterator[Tensor]:
    for module in model.modules():
        if isinstance(module, FakeQuantizer):
            yield from (*module.buffers(), *module.parameters())


def _stored_bits(product: Multiplication, module: nn.Module) -> int:
    weight, bits = getattr(module, "weight", None), product.right.bits
    if bits == FLOAT_BITS and isinstance(weight, Tensor) and torch.equal(weight.half().to(weight), weight):
        return HALF_BITS
    return bits


def _granularity(model: nn.Module, products: list[Multiplication]) -> dict[str, str]:
    """Return the finest granularity of weights and of activations; what declares none is told by its values."""
    order = ("float", "integers", "per-tensor", "per-head", "per-vector", "per-channel", "per-token", "per-group")
    names = {
        "weight": [product.right.granularity for product in products if product.weighted],
        "activation": [side.granularity for product in products for side in _activations(product)],
    }
    for role, sites in (("weight", weight_sites(model)), ("activation", activation_sites(model))):
        names[role] += [site.quantizer.granularity for site in sites if isinstance(site.quantizer, FakeQuantizer)]
    words = {"weight": {"per-vector": "per-channel"}, "activation": {"per-vector": "per-token"}}
    finest = {role: max(kinds, key=order.index, default="float") for role, kinds in names.items()}
    return {role: words[role].get(kind, kind) for role, kind in finest.items()}


def _mismatches(
    model: nn.Module, spec: Spec, products: list[Multiplication], within: list[bool], errors: IntegerErrors
) -> Iterator[str]:
    beyond = [product for product, good in zip(products, within, strict=True) if not good]
    if beyond:
        share = 100 * sum(product.macs for product in beyond) / sum(product.macs for product in products)
        texts = [f"{it.place} (A{it.left.bits}, {'W' if it.weighted else 'A'}{it.right.bits})" for it in beyond]
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

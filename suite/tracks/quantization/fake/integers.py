"""Quantized models as integers and scales: a reference forward pass on codes.

A layer's output is ``input scale * weight scale * (input codes @ weight codes) + bias``, where codes have their zero
points taken off. Sums of integers are held in float64, where they are exact. What has uneven levels (logarithmic, twin
uniform) is looked up in a table of its codes first.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from suite.tracks.quantization.fake.layers import Product, QuantConv2d, QuantLayer
from suite.tracks.quantization.fake.quantizer import FakeQuantizer
from suite.tracks.quantization.fake.uniform import Learned, PerToken, Uniform

Exact = tuple[Tensor, Tensor]
"""Numbers as integers, or as looked up, and the scale that is left out of them; float64."""

ONE = torch.ones((), dtype=torch.float64)


class NotInteger(ValueError):
    """Something has no integer form; the message says what and why."""


def uniform(quantizer: nn.Module) -> Uniform:
    """Return a quantizer with its scales fixed.

    Raises:
        NotInteger: it is no uniform one, or has a fractional zero point.
    """
    fixed = quantizer.frozen() if isinstance(quantizer, Learned) else quantizer
    if not isinstance(fixed, Uniform):
        raise NotInteger(f"{type(quantizer).__name__} has no uniform scale")
    if (fixed.zero_point != fixed.zero_point.round()).any():
        raise NotInteger("its zero point is not an integer")
    return fixed


def exact_weight(layer: QuantLayer) -> Exact:
    """Return the codes of a layer's weight, zero points taken off, and scales [D_out, 1, ...].

    Raises:
        NotInteger: the weight is not quantized so, or the scales differ along what is summed over.
    """
    quantizer = uniform(layer.weight_quantizer)
    if quantizer.scale.numel() not in (1, layer.weight.shape[0]):
        raise NotInteger("the scales of the weight differ within a sum")
    fold = layer.fold
    codes = quantizer.codes(layer.weight if fold is None else layer.weight * fold) - quantizer.zero_point
    return codes.double(), quantizer.scale.double()


def exact_activation(quantizer: nn.Module, x: Tensor, *, folded: bool = False, kept: int = 0) -> Exact:
    """Return the codes of an activation, or their look-up, and the scale left out.

    Args:
        quantizer: of the activation.
        x: the activation.
        folded: whether the scales are part of the weight already.
        kept: the dimension, from the end, along which scales may differ since nothing sums over it; 0 for none.

    Raises:
        NotInteger: it is not quantized, or the scales differ along what is summed over.
    """
    if isinstance(quantizer, PerToken):
        return quantizer.codes(x).double(), quantizer.scale_of(x).double()
    if isinstance(quantizer, FakeQuantizer) and not isinstance(quantizer, Uniform | Learned):
        return quantizer.values(quantizer.codes(x)).double(), ONE
    fixed = uniform(quantizer)
    codes = (fixed.codes(x) - fixed.zero_point).double()
    if folded:
        return codes, ONE
    scale = fixed.scale.double()
    for dimension in (-1, -2):
        if scale.ndim >= -dimension and scale.shape[dimension] > 1 and dimension != kept:
            raise NotInteger("the scales of the activation differ within a sum")
    return codes, scale


def layer_output(layer: QuantLayer, x: Tensor) -> Tensor:
    """Return a layer's output from its integers.

    Raises:
        NotInteger: it has none.
    """
    codes, weight_scale = exact_weight(layer)
    inputs, input_scale = exact_activation(layer.input_quantizer, x, folded=layer.folds)
    if isinstance(layer, QuantConv2d) and input_scale.numel() > 1:
        raise NotInteger("the scales of the image differ within a sum")
    shape = (-1, 1, 1) if isinstance(layer, QuantConv2d) else (-1,)
    output = layer.multiply(inputs, codes, None) * weight_scale.reshape(shape) * input_scale
    return (output if layer.bias is None else output + layer.bias.double().reshape(shape)).to(x.dtype)


def product_output(product: Product, left: Tensor, right: Tensor) -> Tensor:
    """Return the product of two activations from their integers.

    Raises:
        NotInteger: they have none.
    """
    left_codes, left_scale = exact_activation(product.left_quantizer, left, kept=-2)
    right_codes, right_scale = exact_activation(product.right_quantizer, right, kept=-1)
    return (torch.matmul(left_codes, right_codes) * left_scale * right_scale).to(left.dtype)


def integer_output(module: QuantLayer | Product, *inputs: Tensor) -> Tensor:
    """Return what a layer or a product gives on these inputs, from its integers.

    Raises:
        NotInteger: it has none.
    """
    return layer_output(module, *inputs) if isinstance(module, QuantLayer) else product_output(module, *inputs)


def on_integers(model: nn.Module) -> nn.Module:
    """Return a copy of a quantized model that computes every product on codes: slow, and exact.

    Running it raises `NotInteger` where something is not quantized to integers.
    """
    copied = copy.deepcopy(model)
    for module in copied.modules():
        if isinstance(module, QuantLayer | Product):
            module.register_forward_hook(lambda module, inputs, _: integer_output(module, *inputs))
    return copied

"""Layers with quantizers: put into a model by type, in place, so that names and weights stay what they are.

`insert` works on whatever timm builds of linear and convolution layers and of attention: ViT, DeiT, Swin, CaiT, SigLIP
and their relatives. Attention is a module that multiplies activations twice itself, by what its code says, or one that
can do so instead of calling the fused kernel.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from functools import cache
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

PRODUCTS = 2
"""Of attention: queries by keys, and the softmax output by values."""


class QuantLayer(nn.Module):
    """A layer with a weight. Quantizers are `FakeQuantizer`, or ``nn.Identity`` where nothing is quantized.

    With ``folds`` the scales of the input's channels are multiplied into the weight before that is quantized, so that
    the product of the codes stays one of integers although the scales differ along the dimension that is summed over.
    """

    weight: Tensor
    bias: Any  # a tensor or None, which torch's layers type differently
    input_quantizer: nn.Module
    weight_quantizer: nn.Module
    folds: bool
    channel_dimension = -1  # of what comes out

    @property
    def fold(self) -> Tensor | None:
        """The input's scales, which broadcast against the weight, if they are folded into it."""
        return cast(Tensor, self.input_quantizer.scale).detach() if self.folds else None

    def quantized_weight(self) -> Tensor:
        """Return the weight as it is used, of its own shape."""
        fold = self.fold
        if fold is None:
            quantized: Tensor = self.weight_quantizer(self.weight)
            return quantized
        folded: Tensor = self.weight_quantizer(self.weight * fold)
        return folded / fold

    def multiply(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """Return the layer's linear map of ``x``, with whatever weight and bias."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Return the layer's output with quantized input and weight."""
        return self.multiply(self.input_quantizer(x), self.quantized_weight(), self.bias)


class QuantLinear(QuantLayer, nn.Linear):
    """A linear layer with quantizers."""

    def multiply(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """Return the linear map of ``x`` [..., D_in]."""
        return F.linear(x, weight, bias)


class QuantConv2d(QuantLayer, nn.Conv2d):
    """A convolution with quantizers."""

    channel_dimension = 1

    def multiply(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """Return the convolution of ``x`` [B, C, H, W]."""
        maps: Tensor = self._conv_forward(x, weight, bias)
        return maps


class Product(nn.Module):
    """The product of two activations, each with a quantizer."""

    def __init__(self) -> None:
        super().__init__()
        self.left_quantizer: nn.Module = nn.Identity()
        self.right_quantizer: nn.Module = nn.Identity()

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the matrix product of left [..., N, K] and right [..., K, M], both quantized."""
        product: Tensor = torch.matmul(self.left_quantizer(left), self.right_quantizer(right))
        return product


class QuantAttention(nn.Module):
    """What attention classes are mixed with: their two matrix products go through `Product`.

    ``products[0]`` multiplies queries by keys, ``products[1]`` the softmax output by values.
    """

    products: nn.ModuleList

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the class below returns."""
        with _Attending(self):
            return super().forward(*args, **kwargs)


class _Attending(TorchFunctionMode):
    """Sends each matrix product of the code within to the next `Product`, and borrowed weights to their layers."""

    def __init__(self, attention: QuantAttention) -> None:
        super().__init__()
        self.products = iter(attention.products)
        self.owners = {id(layer.weight): layer for layer in attention.children() if isinstance(layer, QuantLinear)}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is F.linear:
            return self._linear(*args, **(kwargs or {}))
        if func not in (torch.matmul, torch.Tensor.matmul, torch.Tensor.__matmul__):
            return func(*args, **(kwargs or {}))
        product = next(self.products, None)
        if product is None:
            raise ValueError(f"cannot quantize this attention: it has more than {PRODUCTS} products")
        return product(*args, **(kwargs or {}))

    def _linear(self, input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        owner = self.owners.get(id(weight))
        if owner is None or bias is None or bias is owner.bias:
            return F.linear(input, weight, bias)
        # EVA and BEiT multiply by the weight of ``qkv`` with a bias of their own, past the layer and its quantizers.
        mapped: Tensor = owner(input)
        return mapped + bias


def insert(model: nn.Module) -> nn.Module:
    """Swap a model's layers for those with quantizers, in place, none of them set yet; return the model.

    Nothing changes by that but attention's fused kernel, which gives way to the plain one.

    Raises:
        ValueError: a layer computes something else than linear layers and convolutions do, as a weight-standardised
            convolution. The model is left as it was.
    """
    for name, module in model.named_modules():
        if _own_forward(module):
            raise ValueError(f"cannot quantize {name}: it is a {type(module).__name__} with its own forward pass")
    for module in list(model.modules()):
        if isinstance(module, QuantLayer | QuantAttention):
            continue
        if isinstance(module, nn.Linear | nn.Conv2d):
            _swap(module, QuantLinear if isinstance(module, nn.Linear) else QuantConv2d)
            module.input_quantizer = nn.Identity()
            module.weight_quantizer = nn.Identity()
            setattr(module, "folds", False)  # noqa: B010 - torch types attributes as tensors
        elif hasattr(module, "fused_attn") or _products(type(module).forward) >= PRODUCTS:
            _swap(module, type(f"Quant{type(module).__name__}", (QuantAttention, type(module)), {}))
            if hasattr(module, "fused_attn"):
                module.had_fused_attn = module.fused_attn
                setattr(module, "fused_attn", False)  # noqa: B010
            module.products = nn.ModuleList(Product() for _ in range(PRODUCTS))
    return model


@cache
def _products(forward: Callable[..., Any]) -> int:
    """Return how many matrix products stand in a forward pass itself, and not in those of modules within."""
    code = getattr(forward, "__code__", None)
    found = dis.get_instructions(code) if code is not None else ()
    return sum(each.argrepr == "@" or each.argval == "matmul" for each in found)


def _own_forward(module: nn.Module) -> bool:
    plain = next((layer for layer in (nn.Linear, nn.Conv2d) if isinstance(module, layer)), None)
    return plain is not None and not isinstance(module, QuantLayer) and type(module).forward is not plain.forward


def remove(model: nn.Module, *, keep_weights: bool = True) -> nn.Module:
    """Swap the layers back, in place, and drop every quantizer and compensation; return the model.

    With ``keep_weights`` weights stay the floats behind the quantizers (latent); without, they are what was used.
    """
    for module in list(model.modules()):
        if isinstance(module, QuantLayer):
            if not keep_weights:
                module.weight = nn.Parameter(module.quantized_weight().detach())
            del module.input_quantizer, module.weight_quantizer, module.folds
        elif isinstance(module, QuantAttention):
            if hasattr(module, "fused_attn"):
                setattr(module, "fused_attn", module.had_fused_attn)  # noqa: B010
                del module.had_fused_attn
            del module.products
        elif isinstance(module, Compensated):
            del module.compensation
        else:
            continue
        module.__class__ = cast(Any, module.float_class)
        del module.float_class
    return model


class Compensated(nn.Module):
    """What a block is mixed with to add a linear map of its input to its output (QwT)."""

    compensation: nn.Linear

    def forward(self, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """Return ``block(x) + compensation(x)``."""
        output: Tensor = super().forward(x, *args, **kwargs)
        repaired: Tensor = output + self.compensation(x)
        return repaired


def compensate(block: nn.Module, weight: Tensor, bias: Tensor) -> None:
    """Add ``x @ weight + bias`` to a block's output, in place; weight [D, D] is rounded to half precision.

    Raises:
        ValueError: the block is compensated already.
    """
    if isinstance(block, Compensated):
        raise ValueError("this block was compensated before")
    width, _ = weight.shape
    linear = nn.Linear(width, width, device=weight.device)
    linear.weight.data = weight.T.half().to(torch.float32)
    linear.bias.data = bias.to(torch.float32)
    _swap(block, type(f"Compensated{type(block).__name__}", (Compensated, type(block)), {}))
    block.compensation = linear


def _swap(module: nn.Module, to: type[nn.Module]) -> None:
    module.float_class = type(module)  # type: ignore[assignment]
    module.__class__ = to

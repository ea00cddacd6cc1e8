"""Where quantizers go: every input and weight of a layer, and both sides of attention's products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from torch import nn

from suite.tracks.quantization.fake.layers import QuantAttention, QuantConv2d, QuantLayer

Kind = Literal["weight", "linear-input", "conv-input", "query", "key", "attention", "value"]
SIDES: tuple[tuple[Kind, Kind], ...] = (("query", "key"), ("attention", "value"))


@dataclass(frozen=True, eq=False)
class Site:
    """One place for a quantizer.

    Attributes:
        name: unique within the model, as ``blocks.0.attn.qkv.input``.
        kind: what passes here. ``attention`` is the softmax output.
        owner: the layer or product.
        attribute: of the owner, which holds the quantizer.
        edge: whether it belongs to the first convolution or the classifier's head.
    """

    name: str
    kind: Kind
    owner: Any
    attribute: str
    edge: bool = False

    @property
    def quantizer(self) -> nn.Module:
        """What is there now."""
        quantizer: nn.Module = getattr(self.owner, self.attribute)
        return quantizer

    def put(self, quantizer: nn.Module) -> None:
        """Set the quantizer."""
        setattr(self.owner, self.attribute, quantizer)


def edges(model: nn.Module) -> set[str]:
    """Return the names of the first convolution and of the classifier's head, as timm's ``get_classifier`` has it."""
    first = next((name for name, module in model.named_modules() if isinstance(module, nn.Conv2d)), None)
    classifier = model.get_classifier() if hasattr(model, "get_classifier") else ()  # type: ignore[operator]
    classifiers = classifier if isinstance(classifier, tuple) else (classifier,)  # distilled DeiT has two
    heads = [name for name, module in model.named_modules() if any(module is head for head in classifiers)]
    return {name for name in [first, *heads] if name is not None}


def quant_layers(model: nn.Module) -> Iterator[tuple[str, QuantLayer]]:
    """Yield every layer with quantizers and its name, in the model's order."""
    for name, module in model.named_modules():
        if isinstance(module, QuantLayer):
            yield name, module


def weight_sites(model: nn.Module) -> list[Site]:
    """Return a site for the weight of every layer with quantizers, in the model's order."""
    outer = edges(model)
    return [
        Site(f"{name}.weight", "weight", layer, "weight_quantizer", name in outer)
        for name, layer in quant_layers(model)
    ]


def activation_sites(model: nn.Module) -> list[Site]:
    """Return a site for every input of a layer, and both sides of every product of attention, in the model's order."""
    outer = edges(model)
    sites = []
    for name, module in model.named_modules():
        if isinstance(module, QuantLayer):
            kind: Kind = "conv-input" if isinstance(module, QuantConv2d) else "linear-input"
            sites.append(Site(f"{name}.input", kind, module, "input_quantizer", name in outer))
        if isinstance(module, QuantAttention):
            for product, sides in zip(module.products, SIDES, strict=True):
                for side, attribute in zip(sides, ("left_quantizer", "right_quantizer"), strict=True):
                    sites.append(Site(f"{name}.{side}", side, product, attribute))
    return sites

"""Files of quantized models: codes, scales and what stays float, in safetensors."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from suite.errors import SuiteError, first_line
from suite.files import write_atomic
from suite.tracks.quantization.fake.integers import NotInteger, exact_weight, uniform
from suite.tracks.quantization.fake.layers import Compensated, compensate, insert
from suite.tracks.quantization.fake.logarithmic import Logarithmic, TwinUniform
from suite.tracks.quantization.fake.quantizer import FakeQuantizer
from suite.tracks.quantization.fake.sites import Site, activation_sites, quant_layers, weight_sites
from suite.tracks.quantization.fake.uniform import Learned, PerToken, Uniform

FORMAT = 1
KINDS: dict[str, tuple[Callable[..., FakeQuantizer], tuple[str, ...]]] = {
    "logarithmic": (Logarithmic, ("scale",)),
    "per-token": (PerToken, ()),
    "twin-uniform": (TwinUniform, ("fine", "coarse")),
    "uniform": (Uniform, ("scale", "zero_point")),
}
"""The classes that can be written, and the tensors that make them."""


def save_integers(model: nn.Module, path: Path) -> None:
    """Write a quantized model: each weight as codes (8 bits each, 16 where they need more), scales, the rest as floats.

    Raises:
        NotInteger: a weight has no integer form, or a quantizer is of a kind that the format does not know.
    """
    tensors: dict[str, Tensor] = {}
    described: dict[str, dict[str, Any]] = {}
    for site in (*weight_sites(model), *activation_sites(model)):
        if isinstance(site.quantizer, FakeQuantizer):
            described[site.name] = _described(site)
            for name, tensor in _fixed(site.quantizer).named_buffers():
                tensors[f"{site.name}.{name}"] = tensor
    written: set[str] = set()
    for name, layer in quant_layers(model):
        if f"{name}.weight" in described:
            codes, _ = exact_weight(layer)
            tensors[f"{name}.codes"] = codes.to(torch.int8 if codes.abs().max() < 128 else torch.int16)
            written.add(f"{name}.weight")
    quantizers = tuple(f"{name}." for name, module in model.named_modules() if isinstance(module, FakeQuantizer))
    for name, tensor in model.state_dict().items():
        if name not in written and not name.startswith(quantizers or ("\0",)):
            tensors[f"float.{name}"] = tensor
    metadata = {
        "format": FORMAT,
        "quantizers": described,
        "folded": [name for name, layer in quant_layers(model) if layer.folds],
        "compensated": [name for name, module in model.named_modules() if isinstance(module, Compensated)],
    }
    whole = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    write_atomic(path, lambda temporary: save_file(whole, temporary, metadata={"basin-suite": json.dumps(metadata)}))


def load_integers(model: nn.Module, path: Path) -> nn.Module:
    """Fill a float model of the same architecture from a file of `save_integers`, in place; return it quantized.

    Raises:
        SuiteError: the file is not such a one, or is of another architecture.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = json.loads((file.metadata() or {})["basin-suite"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise SuiteError(
            f"cannot read a quantized model: {error}", place=str(path), next="write it again: save_integers"
        ) from error
    insert(model)
    floats = {name.removeprefix("float."): tensor for name, tensor in tensors.items() if name.startswith("float.")}
    for name, layer in quant_layers(model):
        if layer.bias is None and f"{name}.bias" in floats:  # some methods give a layer a bias that had none
            layer.bias = nn.Parameter(floats[f"{name}.bias"].clone())
    modules = dict(model.named_modules())
    try:
        for name in metadata["compensated"]:
            weight = tensors[f"float.{name}.compensation.weight"]
            compensate(modules[name], weight.T, tensors[f"float.{name}.compensation.bias"])
        for site in (*activation_sites(model), *weight_sites(model)):
            if site.name in metadata["quantizers"]:
                site.put(_quantizer(site.name, metadata["quantizers"][site.name], tensors))
        _check_fit(model, floats, metadata["quantizers"])
        model.load_state_dict(floats, strict=False)
        for name, layer in quant_layers(model):
            layer.folds = name in metadata["folded"]
            if f"{name}.codes" in tensors:
                decoded = tensors[f"{name}.codes"].to(layer.weight.dtype) * uniform(layer.weight_quantizer).scale
                layer.weight.data = decoded if layer.fold is None else decoded / layer.fold
    except (KeyError, RuntimeError) as error:
        raise SuiteError(
            f"the file belongs to another architecture: {first_line(error)}",
            place=str(path),
            next="build the model with the arguments that it was quantized with",
        ) from error
    return model


def _check_fit(model: nn.Module, floats: Mapping[str, Tensor], quantizers: Collection[str]) -> None:
    """Raise KeyError if the file lacks something that the model has, or has something that the model lacks."""
    sites = {site.name for site in (*activation_sites(model), *weight_sites(model))}
    held = tuple(f"{name}." for name, module in model.named_modules() if isinstance(module, FakeQuantizer))
    wanted = {name for name in model.state_dict() if name not in quantizers and not name.startswith(held or ("\0",))}
    if absent := sorted(wanted - floats.keys()):
        raise KeyError(f"the file has no {', '.join(absent[:3])}")
    if more := sorted((floats.keys() - wanted) | (set(quantizers) - sites)):
        raise KeyError(f"the model has no {', '.join(more[:3])}")


def _fixed(quantizer: FakeQuantizer) -> FakeQuantizer:
    return quantizer.frozen() if isinstance(quantizer, Learned) else quantizer


def _described(site: Site) -> dict[str, Any]:
    quantizer = _fixed(site.quantizer)  # type: ignore[arg-type]
    for kind, (known, _) in KINDS.items():
        if type(quantizer) is known:
            return {"kind": kind, **quantizer.settings()}
    raise NotInteger(f"{site.name}: a {type(quantizer).__name__} cannot be written")


def _quantizer(name: str, described: dict[str, Any], tensors: dict[str, Tensor]) -> FakeQuantizer:
    settings = {key: value for key, value in described.items() if key != "kind"}
    kind, buffers = KINDS[described["kind"]]
    return kind(**settings, **{key: tensors[f"{name}.{key}"] for key in buffers})

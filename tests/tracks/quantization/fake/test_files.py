"""Quantized models written as integers, and read again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from safetensors import safe_open
from torch import Tensor, nn

from suite.errors import SuiteError
from suite.tracks.quantization.fake import (
    Learned,
    Logarithmic,
    activation_sites,
    compensate,
    insert,
    quant_layers,
    weight_sites,
)
from suite.tracks.quantization.fake.files import load_integers, save_integers
from suite.tracks.quantization.fake.integers import NotInteger

from .conftest import NETWORKS
from .test_integers import quantized


@pytest.mark.parametrize("name", ["vit", "swin"])
def test_a_model_comes_back_as_it_was(
    network: Callable[[str], nn.Module], images: Tensor, tmp_path: Path, name: str
) -> None:
    model = quantized(network(name), images)
    for site in activation_sites(model):
        if site.kind == "attention":
            site.put(Logarithmic(4, torch.tensor(1.0), base=1.5))
        if site.name.endswith("fc2.input"):  # per channel, and so folded
            width = site.owner.weight.shape[1]
            site.put(Learned(4, torch.linspace(0.1, 0.3, width), granularity="per-channel"))
            site.owner.folds = True
    block = (model.blocks if name == "vit" else model.layers[0].blocks)[0]
    width = block.norm1.weight.numel()
    compensate(block, 0.1 * torch.eye(width), torch.full((width,), 0.5))
    save_integers(model, tmp_path / "model.safetensors")

    loaded = load_integers(network(name), tmp_path / "model.safetensors")
    with torch.no_grad():
        assert torch.allclose(loaded(images), model(images), atol=1e-5)


def test_a_bias_that_a_method_gave_to_a_layer_comes_back(
    network: Callable[[str], nn.Module], images: Tensor, tmp_path: Path
) -> None:
    model = quantized(network("swin"), images)
    (layer,) = [layer for _, layer in quant_layers(model) if layer.bias is None]
    layer.bias = nn.Parameter(torch.linspace(-1, 1, layer.weight.shape[0]))
    save_integers(model, tmp_path / "model.safetensors")
    loaded = load_integers(network("swin"), tmp_path / "model.safetensors")
    with torch.no_grad():
        assert torch.allclose(loaded(images), model(images), atol=1e-5)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"depth": 1}, "the model has no blocks.1"),
        ({"depth": 3}, "the file has no blocks.2"),
        ({"init_values": 0.1}, "the file has no blocks.0.ls1.gamma"),
        ({"num_classes": 7}, "size mismatch"),
    ],
    ids=["fewer blocks", "more blocks", "layer scale", "more classes"],
)
def test_a_file_that_does_not_fit_is_refused(
    network: Callable[[str], nn.Module], images: Tensor, tmp_path: Path, change: dict[str, Any], word: str
) -> None:
    save_integers(quantized(network("vit"), images), tmp_path / "model.safetensors")
    architecture, arguments = NETWORKS["vit"]
    with pytest.raises(SuiteError, match="belongs to another architecture") as error:
        load_integers(timm.create_model(architecture, **{**arguments, **change}), tmp_path / "model.safetensors")
    assert word in error.value.cause or change == {"num_classes": 7}


def test_weights_take_a_byte_each(network: Callable[[str], nn.Module], images: Tensor, tmp_path: Path) -> None:
    model = quantized(network("vit"), images)
    save_integers(model, tmp_path / "model.safetensors")
    with safe_open(tmp_path / "model.safetensors", framework="pt") as file:
        for name, layer in quant_layers(model):
            codes = file.get_tensor(f"{name}.codes")
            assert codes.dtype == torch.int8
            assert codes.shape == layer.weight.shape
            assert codes.unique().numel() <= 16
            assert f"float.{name}.weight" not in list(file.keys())


def test_bad_files_are_named_with_what_to_do(
    network: Callable[[str], nn.Module], images: Tensor, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    with pytest.raises(SuiteError, match="cannot read a quantized model"):
        load_integers(network("vit"), path)
    path.write_bytes(b"not safetensors")
    with pytest.raises(SuiteError, match="cannot read a quantized model"):
        load_integers(network("vit"), path)
    save_integers(quantized(network("vit"), images), path)
    with pytest.raises(SuiteError, match="belongs to another architecture"):
        load_integers(network("swin"), path)


def test_what_has_no_integers_is_not_written(
    network: Callable[[str], nn.Module], images: Tensor, tmp_path: Path
) -> None:
    model = insert(network("vit"))
    weight_sites(model)[0].put(Logarithmic(4, torch.tensor(1.0)))
    with pytest.raises(NotInteger):
        save_integers(model, tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())


def test_the_former_place_of_the_files_still_serves() -> None:
    from suite.quantization import files

    assert (files.load_integers, files.save_integers) == (load_integers, save_integers)

"""Checkpoints of others: state dicts alone, renamed, and never by running what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from suite.errors import SuiteError
from suite.models.architecture import Architecture
from suite.models.architectures.resnet18_32x32 import ResNet18For32
from suite.models.conversion import convert


def openood_state(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Return a state dict under the names of OpenOOD's ResNet18_32x32, whose shortcuts are called so."""
    return {name.replace(".downsample.", ".shortcut."): tensor for name, tensor in network.state_dict().items()}


@pytest.mark.parametrize(
    ("wrap", "prefix"),
    [(lambda s: s, ""), (lambda s: {"state_dict": s, "epoch": 3}, "module.")],
    ids=["plain", "wrapped"],
)
def test_a_checkpoint_of_openood_becomes_our_network(wrap: Any, prefix: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = ResNet18For32(10).eval()
    state = {f"{prefix}{name}": tensor for name, tensor in openood_state(network).items()}
    torch.save(wrap(state), tmp_path / "best.ckpt")
    names = convert(tmp_path / "best.ckpt", tmp_path / "best.safetensors")
    again = Architecture("resnet18-32x32", {"classes": 10}).build().eval()
    again.load_state_dict(load_file(tmp_path / "best.safetensors"))
    assert set(names) == set(network.state_dict())
    images = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(again(images), network(images))


def test_a_resnet_of_torchvisions_layout_keeps_its_names(tmp_path: Path) -> None:
    state = Architecture("timm/resnet18", {"num_classes": 200}).build().state_dict()
    torch.save(state, tmp_path / "best.ckpt")
    assert set(convert(tmp_path / "best.ckpt", tmp_path / "best.safetensors")) == set(state)


class Harmless:
    """An object of a class, as whole pickled networks are: nothing that a state dict holds."""


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (Harmless(), "the file is not a plain state dict"),
        ({"state_dict": [1, 2]}, "It must hold a state dict"),
        ([torch.zeros(1)], "It must hold a state dict"),
        ({}, "It must hold a state dict"),
        ({"weight": torch.zeros(1), "epoch": 3}, "It must hold a state dict"),
    ],
    ids=["an object", "a list inside", "a list", "nothing", "a number"],
)
def test_whatever_is_no_state_dict_is_refused_and_nothing_is_written(
    content: object, cause: str, tmp_path: Path
) -> None:
    torch.save(content, tmp_path / "best.ckpt")
    with pytest.raises(SuiteError, match=cause):
        convert(tmp_path / "best.ckpt", tmp_path / "best.safetensors")
    assert [path.name for path in tmp_path.iterdir()] == ["best.ckpt"]


def test_nothing_is_overwritten_and_no_old_torch_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save({"weight": torch.zeros(1)}, tmp_path / "best.ckpt")
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(SuiteError, match="the file exists, and is not overwritten"):
        convert(tmp_path / "best.ckpt", tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"
    with pytest.raises(SuiteError, match="the file does not exist"):
        convert(tmp_path / "worst.ckpt", tmp_path / "new")
    monkeypatch.setattr(torch, "__version__", "2.5.1")
    with pytest.raises(SuiteError, match="cannot read pickled files safely"):
        convert(tmp_path / "best.ckpt", tmp_path / "new")

"""A network of one's own: what its file tells is found, and what is wrong with it is one clear error."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from suite.benchmarks.ood.cifar10 import CIFAR10Task
from suite.benchmarks.ood.digits import DigitsTask
from suite.contracts import Resources
from suite.data.transform import Transform
from suite.errors import SuiteError
from suite.models.architecture import OWN, Architecture, architecture_of
from suite.models.brought import Brought, bring
from suite.models.own import OwnNetwork
from suite.models.reference import ReferenceModel

CIFAR = CIFAR10Task().model(0)
DIGITS = DigitsTask().model(0)


def saved(architecture: Architecture, folder: Path, name: str = "my.safetensors") -> Path:
    torch.manual_seed(0)
    save_file(architecture.build().state_dict(), folder / name)
    return folder / name


def brought(file: Path, architecture: str, reference: ReferenceModel = CIFAR, **told: Mapping[str, str]) -> OwnNetwork:
    return bring(Brought(file, architecture, **told), reference)


def test_the_classes_are_found_from_the_weights(tmp_path: Path) -> None:
    network = brought(saved(Architecture("timm/resnet10t", {"num_classes": 10}), tmp_path), "resnet10t")
    assert network.architecture.name == "timm/resnet10t"
    assert network.architecture.arguments == {"num_classes": 10}
    assert network.transform == Transform(
        size=176, shorter=201, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), bicubic=True
    ), "as timm says"
    assert network.name.startswith("resnet10t-")
    assert network.identity["sha256"] == network.sha256


def test_ours_are_named_by_depth_and_see_what_the_tasks_own_sees(tmp_path: Path) -> None:
    network = brought(saved(Architecture("resnet-cifar", {"depth": 8, "classes": 10}), tmp_path), "resnet8-cifar")
    assert network.architecture.arguments == {"depth": 8, "classes": 10}
    assert network.transform == CIFAR.transform


def test_what_is_typed_goes_before_what_lies_beside_and_that_before_timm(tmp_path: Path) -> None:
    file = saved(Architecture("timm/resnet10t", {"num_classes": 10}), tmp_path)
    look = {"size": 32, "mean": [0.4914, 0.4822, 0.4465], "std": [0.247, 0.2435, 0.2616]}
    file.with_suffix(".json").write_text(json.dumps({"architecture": "resnet10t", "transform": look}))
    network = brought(file, "", transform={"size": "48"})
    assert network.transform == Transform(
        size=48, mean=(0.4914, 0.4822, 0.4465), std=(0.247, 0.2435, 0.2616), bicubic=True
    )


def test_a_grey_network_of_another_pixel_range_sees_the_range_of_the_data(tmp_path: Path) -> None:
    arguments = {"num_classes": 6, "in_chans": 1, "img_size": 8, "patch_size": 4, "embed_dim": 24, "depth": 1}
    file = saved(Architecture("timm/vit_tiny_patch16_224", arguments), tmp_path)
    told = {"patch_size": "4", "embed_dim": "24", "depth": "1"}
    network = brought(file, "vit_tiny_patch16_224", DIGITS, arguments=told, transform={"size": "8"})
    assert network.architecture.arguments == arguments
    assert network.transform == Transform(size=8, channels=1, scale=16.0, mean=(0.5,), std=(0.5,), bicubic=True)


def test_whatever_answers_depend_on_makes_another_network(tmp_path: Path, resources: Resources) -> None:
    architecture = Architecture("resnet-cifar", {"depth": 8, "classes": 10})
    one = brought(saved(architecture, tmp_path), "resnet8-cifar")
    moved = brought(saved(architecture, tmp_path, "elsewhere.safetensors"), "resnet8-cifar")
    assert (moved.name, moved.fingerprint(resources)) == (one.name, one.fingerprint(resources)), "wherever it lies"
    seen = brought(one.file, "resnet8-cifar", transform={"mean": "0.5"})
    assert seen.name != one.name
    assert seen.fingerprint(resources) != one.fingerprint(resources)


def test_a_file_that_is_gone_or_another_now_is_told(tmp_path: Path, resources: Resources) -> None:
    network = brought(saved(Architecture("resnet-cifar", {"depth": 8, "classes": 10}), tmp_path), "resnet8-cifar")
    saved(Architecture("resnet-cifar", {"depth": 8, "classes": 11}), tmp_path)
    with pytest.raises(SuiteError, match="has changed: its sha256 is"):
        network.load(resources)
    network.file.unlink()
    with pytest.raises(SuiteError, match=r"the file of the network \S+ is missing"):
        network.load(resources)


def _edited(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        state: dict[str, Any] = dict(Architecture("resnet-cifar", {"depth": 8, "classes": 10}).build().state_dict())
        change(state)
        save_file(state, folder / "my.safetensors")
        return folder / "my.safetensors"

    return make


def _written(content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / "my.safetensors").write_bytes(content)
        return folder / "my.safetensors"

    return make


def _pickled(folder: Path) -> Path:
    torch.save({"weight": torch.zeros(2)}, folder / "best.ckpt")
    return folder / "best.ckpt"


def _beside(folder: Path) -> Path:
    (folder / "my.json").write_text('{"transform": {"size": "large"}}')
    return _edited(lambda state: None)(folder)


R8 = "resnet8-cifar"
WRONG: dict[str, tuple[Callable[[Path], Path], str, dict[str, Any], str]] = {
    "no file": (lambda folder: folder / "my.safetensors", R8, {}, "the file does not exist"),
    "a pickle": (_pickled, R8, {}, "suite convert-weights"),
    "something else": (_written(b"hello, hello, hello"), R8, {}, "this is not a safetensors file"),
    "no tensors": (_edited(lambda state: state.clear()), R8, {}, "the file has no tensors"),
    "not finite": (_edited(lambda state: state["linear.bias"].fill_(torch.nan)), R8, {}, "linear.bias is not finite"),
    "missing": (_edited(lambda state: state.pop("bn1.weight")), R8, {}, "the file lacks bn1.weight"),
    "too many": (_edited(lambda s: s.update(more=torch.ones(1))), R8, {}, "the file has more, which the network"),
    "another shape": (_edited(lambda s: s.update({"bn1.bias": torch.ones(3)})), R8, {}, "bn1.bias has the shape [3]"),
    "another depth": (_edited(lambda state: None), "resnet20-cifar", {}, "the file lacks layer1.1."),
    "a wrong name": (_edited(lambda state: None), "resnet18-32", {}, "Did you mean 'resnet18-32x32'"),
    "no name": (_edited(lambda state: None), "", {}, "the architecture of the weights is not given"),
    "a hub's name": (_edited(lambda state: None), "hf-hub:someone/some", {}, "unknown architecture"),
    "a checkpoint": (
        _edited(lambda s: None),
        "resnet18",
        {"arguments": {"checkpoint_path": "x"}},
        "cannot be set: the weights come from the file",
    ),
    "an argument": (
        _edited(lambda state: None),
        R8,
        {"arguments": {"depht": "8"}},
        "cannot build 'resnet-cifar' with",
    ),
    "a mean": (_edited(lambda state: None), R8, {"transform": {"mean": "0.5,0.5"}}, "mean has 2 numbers"),
    "a number": (_edited(lambda state: None), R8, {"transform": {"size": "big"}}, "size: Input should be"),
    "a transform": (_edited(lambda state: None), R8, {"transform": {"colour": "red"}}, "colour: Extra inputs"),
    "the JSON beside": (_beside, R8, {}, "transform.size: Input should be"),
}


@pytest.mark.parametrize(("make", "architecture", "told", "cause"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_clear_error(
    make: Callable[[Path], Path], architecture: str, told: dict[str, Any], cause: str, tmp_path: Path
) -> None:
    with pytest.raises(SuiteError) as raised:
        brought(make(tmp_path), architecture, **told)
    assert cause in str(raised.value)
    assert raised.value.next


def test_classes_and_size_of_the_input_must_be_the_tasks(tmp_path: Path) -> None:
    file = saved(Architecture("resnet-cifar", {"depth": 8, "classes": 7}), tmp_path)
    with pytest.raises(SuiteError, match=r"the network has 7 classes\. The task has 10"):
        brought(file, R8)
    arguments = {"num_classes": 10, "img_size": 32, "patch_size": 8, "embed_dim": 24, "depth": 1}
    vit = saved(Architecture("timm/vit_tiny_patch16_224", arguments), tmp_path, "vit.safetensors")
    told = {name: str(value) for name, value in arguments.items()}
    with pytest.raises(SuiteError, match="does not take images of 224x224 with 3 channels"):
        brought(vit, "vit_tiny_patch16_224", arguments=told)


@pytest.mark.parametrize("name", OWN)
def test_every_architecture_of_ours_can_be_brought(name: str, tmp_path: Path) -> None:
    """With weights of its own, in the place of a network that sees what it sees."""
    looks = {"lenet": (28, 1), "mlp": (28, 1), "small-cnn": (8, 1)}
    size, channels = looks.get(name, (32, 3))
    arguments = {"classes": 6, **({"depth": 8} if name == "resnet-cifar" else {})}
    file = saved(Architecture(name, arguments), tmp_path)
    reference = replace(DIGITS, transform=Transform(size=size, channels=channels))
    network = brought(file, name, reference, arguments={"depth": "8"} if "depth" in arguments else {})
    assert network.transform.channels == channels
    assert architecture_of(name, {}).name == name

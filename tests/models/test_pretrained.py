"""Pretrained networks: timm's loading code on real files of a tiny network, from a folder and from a pretended hub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from suite.cache import Cache
from suite.contracts import Missing, Resources
from suite.data.transform import Transform
from suite.errors import SuiteError
from suite.hashing import file_digest
from suite.models.architecture import Architecture
from suite.models.features import features_and_logits
from suite.models.pretrained import PretrainedModel
from suite.settings import load_settings

REPOSITORY = "timm/test_resnet.r160_in1k"
MODEL = PretrainedModel(
    "tiny", Architecture("timm/test_resnet.r160_in1k"), REPOSITORY, "a" * 40, Transform(size=64, shorter=72)
)


def write(folder: Path, content: dict[str, torch.Tensor] | None = None) -> Path:
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    save_file(content or MODEL.architecture.build().state_dict(), folder / "model.safetensors")
    return folder / "model.safetensors"


def resources(tmp_path: Path, **changes: Any) -> Resources:
    settings = load_settings(cache=tmp_path / "cache", **changes)
    return Resources(settings, Cache(settings.cache_folder))


def test_a_file_under_the_weights_folder_is_used(tmp_path: Path) -> None:
    path = write(tmp_path / "weights" / REPOSITORY)
    at = resources(tmp_path, weights=tmp_path / "weights", hub=False)
    assert MODEL.known_fingerprint(at) == MODEL.fingerprint(at) == MODEL.lineage(at) == file_digest(path)
    torch.manual_seed(0)
    expected = MODEL.architecture.build().state_dict()
    network = MODEL.load(at)
    assert not network.training
    assert all(torch.equal(tensor, expected[name]) for name, tensor in network.state_dict().items())
    features, logits = features_and_logits(network, torch.zeros(2, 3, 64, 64))
    assert logits.shape == (2, 1000)
    torch.testing.assert_close(network.get_classifier()(features), logits)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[tuple[str, str, str]]]:
    path = write(tmp_path / "hub")
    asked: list[tuple[str, str, str]] = []

    def download(repository: str, file: str, *, revision: str) -> str:
        asked.append((repository, file, revision))
        return str(path)

    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    return lambda: asked


def test_the_download_is_pinned_and_its_digest_remembered(tmp_path: Path, hub: Callable[[], list[Any]]) -> None:
    at = resources(tmp_path)
    assert MODEL.known_fingerprint(at) is None
    assert MODEL.fingerprint(at) == file_digest(tmp_path / "hub" / "model.safetensors") == MODEL.known_fingerprint(at)
    assert hub() == [(REPOSITORY, "model.safetensors", "a" * 40)]
    MODEL.load(at)
    assert replace(MODEL, revision="b" * 40).known_fingerprint(at) is None


def test_a_mirror_turns_the_download_off_unless_the_hub_is_allowed(tmp_path: Path, hub: Callable[[], Any]) -> None:
    with pytest.raises(Missing, match=r"no timm/test_resnet.r160_in1k/model.safetensors .* the hub is off"):
        MODEL.known_fingerprint(resources(tmp_path, data=tmp_path))
    assert MODEL.known_fingerprint(resources(tmp_path, data=tmp_path, hub=True)) is None


def test_no_network_means_missing(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="could not be downloaded"):
        MODEL.fingerprint(resources(tmp_path))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "weights" / REPOSITORY, {"x": torch.zeros(2)})
    with pytest.raises(SuiteError, match="do not fit 'timm/test_resnet") as error:
        MODEL.load(resources(tmp_path, weights=tmp_path / "weights", hub=False))
    assert error.value.place == str(path)

"""quantization/imagenet-*: the whole path on a small stand-in for the hub's files, with timm's tiny transformer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from suite.benchmarks.quantization import _imagenet
from suite.benchmarks.quantization._imagenet import ImageNetTask
from suite.benchmarks.quantization.imagenet_deit_small import DeiTSmallTask
from suite.benchmarks.quantization.imagenet_deit_tiny import DeiTTinyTask
from suite.benchmarks.quantization.imagenet_swin_tiny import SwinTinyTask
from suite.cache import Cache
from suite.contracts import Column, Missing, Resources, TaskContext
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.pretrained import PretrainedModel
from suite.plugins.quantization.gplq import GPLQ
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.settings import Settings, load_settings

TINY = PretrainedModel(
    "tiny",
    Architecture("timm/test_vit.r160_in1k", {"img_size": 32}),
    "timm/test_vit.r160_in1k",
    "a" * 40,
    Transform(size=32, shorter=36, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
)


class Tiny(ImageNetTask):
    id = "quantization/tiny"
    network = TINY


@pytest.fixture
def at(tmp_path: Path, write_images: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Resources:
    """A mirror with a few images, and random weights."""
    monkeypatch.setattr(_imagenet, "VALIDATION", 20)
    rng = np.random.default_rng(0)
    for split, count in {"train": 60, "validation": 50}.items():
        images = rng.integers(256, size=(count, 40, 50, 3)).astype(np.uint8)
        file = tmp_path / "data" / "ILSVRC/imagenet-1k" / "data" / f"{split}-00000-of-00001.parquet"
        write_images(file, images, np.arange(count) % 10, columns=("image", "label"))
    folder = tmp_path / "weights" / TINY.repository
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    save_file(TINY.architecture.build().state_dict(), folder / "model.safetensors")
    settings = load_settings(data=tmp_path / "data", weights=tmp_path / "weights", cache=tmp_path / "cache")
    return Resources(settings, Cache(settings.cache_folder))


def test_splits_are_disjoint(at: Resources) -> None:
    validation, test = Tiny().validation(at), Tiny().test(at)
    assert len(validation.rows(at)) == 20
    assert sorted(np.concatenate([validation.rows(at), test.rows(at)])) == list(range(50))


@pytest.mark.parametrize("method", [RTNMinMax(), GPLQ()], ids=lambda method: method.name)
def test_it_runs(at: Resources, method: RTNMinMax | GPLQ) -> None:
    task = Tiny()
    for ingredient in task.requires(0):
        ingredient.fingerprint(at)
    task.prepare(TaskContext(0, at))
    four, eight = (
        task.evaluate(method, TaskContext(0, at, task.setting({"precision": precision, "calibration": "16"})))
        for precision in ("W4A4", "W8A8")
    )
    accuracy, sqnr = (Column(metric=metric, subset="test") for metric in ("accuracy", "logit_sqnr"))
    assert four.samples.value(accuracy).n == 30
    assert eight.samples.value(sqnr).value > four.samples.value(sqnr).value
    assert four.facts["trained on"] == ("nothing" if isinstance(method, RTNMinMax) else "60 labelled images")


def test_it_says_what_is_missing(settings: Settings, tmp_path: Path) -> None:
    resources = Resources(settings.model_copy(update={"data": tmp_path}), Cache(tmp_path / "cache"))
    with pytest.raises(Missing, match="ILSVRC/imagenet-1k; the hub is off"):
        DeiTTinyTask().data()[0].known_fingerprint(resources)
    with pytest.raises(Missing, match=r"no timm/deit_tiny_patch16_224.fb_in1k/model.safetensors .* the hub is off"):
        DeiTTinyTask().model().known_fingerprint(resources)


@pytest.mark.parametrize("task", [DeiTTinyTask, DeiTSmallTask, SwinTinyTask], ids=lambda task: task.id)
def test_the_transforms_are_timms(task: type[ImageNetTask]) -> None:
    from timm import get_pretrained_cfg

    given = get_pretrained_cfg(task.network.architecture.name.removeprefix("timm/"))
    transform = task.network.transform
    assert given.input_size == (3, transform.size, transform.size)
    assert (given.mean, given.std, given.interpolation) == (transform.mean, transform.std, "bicubic")
    assert transform.bicubic
    assert int(transform.size / given.crop_pct) == transform.shorter
    assert given.hf_hub_id == task.network.repository
    assert int(task.network.revision, 16)

"""ood/imagenet: the whole path on a small stand-in for the hub's files, with one of timm's tiny networks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from suite.benchmarks.ood import imagenet
from suite.benchmarks.ood.imagenet import ImageNetTask, per_class
from suite.benchmarks.ood.imagenet_vit_b16 import ImageNetViTTask
from suite.cache import Cache
from suite.contracts import Missing, Resources, TaskContext
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.pretrained import PretrainedModel
from suite.plugins.ood.knn import KNN
from suite.settings import Settings, load_settings

TINY = PretrainedModel(
    "tiny",
    Architecture("timm/test_resnet.r160_in1k"),
    "timm/test_resnet.r160_in1k",
    "a" * 40,
    Transform(size=32, shorter=36, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
)


class Tiny(ImageNetTask):
    network = TINY


@pytest.fixture
def at(tmp_path: Path, write_images: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Resources:
    """A mirror with a few images of every data set but iNaturalist and Textures, and random weights."""
    monkeypatch.setattr(imagenet, "VALIDATION", 20)
    monkeypatch.setattr(imagenet, "VALIDATION_OOD", 5)
    monkeypatch.setattr(imagenet, "PER_CLASS", 3)
    rng = np.random.default_rng(0)
    counts = {
        "ILSVRC/imagenet-1k": {"train": 100, "validation": 60},
        "torch-uncertainty/SSB_hard": {"train": 12},
        "torch-uncertainty/Ninco": {"train": 10},
        "torch-uncertainty/Openimage-O": {"train": 15},
    }
    for repository, splits in counts.items():
        for split, count in splits.items():
            images = rng.integers(256, size=(count, 40, 50, 3)).astype(np.uint8)
            columns = ("image", "label") if repository.startswith("ILSVRC") else ("image", None)
            file = tmp_path / "data" / repository / "data" / f"{split}-00000-of-00001.parquet"
            write_images(file, images, np.arange(count) % 10, columns=columns)
    folder = tmp_path / "weights" / TINY.repository
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    save_file(TINY.architecture.build().state_dict(), folder / "model.safetensors")
    settings = load_settings(data=tmp_path / "data", weights=tmp_path / "weights", cache=tmp_path / "cache")
    return Resources(settings, Cache(settings.cache_folder))


def test_splits_are_disjoint(at: Resources) -> None:
    splits = Tiny().splits(0, at)
    assert len(splits.train.rows(at)) == 30
    assert np.bincount(splits.train.targets(at)).tolist() == [3] * 10
    for validation, test, whole in (
        (splits.validation, splits.test, 60),
        (splits.validation_ood["openimage-o"], splits.far["openimage-o"], 15),
    ):
        rows = np.concatenate([validation.rows(at), test.rows(at)])
        assert sorted(rows) == list(range(whole))
    assert len(splits.validation.rows(at)) == 20
    assert (splits.near["ninco"].targets(at) == -1).all()


def test_it_runs(at: Resources) -> None:
    task = Tiny()
    for ingredient in task.requires(0):
        if not ingredient.optional:
            ingredient.fingerprint(at)
    task.prepare(TaskContext(0, at))
    outcome = task.evaluate(KNN(k=3), TaskContext(0, at))
    counts = dict(zip(*np.unique(outcome.samples.subset.astype(str), return_counts=True), strict=True))
    assert counts == {"id": 40, "near/ssb-hard": 12, "near/ninco": 10, "far/openimage-o": 10}
    assert outcome.missing == ("far/inaturalist", "far/textures")
    assert outcome.facts["reference model"].startswith("tiny ")


def test_it_says_what_is_missing(settings: Settings, tmp_path: Path) -> None:
    resources = Resources(settings.model_copy(update={"data": tmp_path}), Cache(tmp_path / "cache"))
    with pytest.raises(Missing, match="ILSVRC/imagenet-1k; the hub is off"):
        ImageNetTask().data()[0].known_fingerprint(resources)
    with pytest.raises(Missing, match=r"no timm/resnet50.tv_in1k/model.safetensors .* the hub is off"):
        ImageNetTask().model(0).known_fingerprint(resources)


def test_the_transforms_are_timms() -> None:
    from timm import get_pretrained_cfg

    for task in (ImageNetTask, ImageNetViTTask):
        network = task.network
        wanted = get_pretrained_cfg(network.architecture.name.removeprefix("timm/"))
        assert network.repository == wanted.hf_hub_id
        assert network.transform.size == wanted.input_size[-1]
        assert network.transform.shorter == int(wanted.input_size[-1] / wanted.crop_pct)
        assert network.transform.bicubic == (wanted.interpolation == "bicubic")
        assert (network.transform.mean, network.transform.std) == (wanted.mean, wanted.std)


def test_rows_per_class() -> None:
    labels = np.array([2, 0, 2, 2, 0, 2, 1])
    rows = per_class(labels, 2)
    assert np.bincount(labels[rows]).tolist() == [2, 1, 2]
    assert (np.diff(rows) > 0).all()

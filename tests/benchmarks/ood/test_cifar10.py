"""ood/cifar10 on the local mirror and the given weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from suite.benchmarks.ood.cifar10 import CIFAR10Task
from suite.cache import Cache
from suite.contracts import Missing, Resources
from suite.settings import Settings

from ...support.command import Suite

pytestmark = pytest.mark.mirror


@pytest.fixture
def fewer_images(mirrored: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mirror with few images of the splits of which a test needs no more; one in five of each of many classes."""
    import pyarrow.parquet

    assert mirrored.data is not None
    mirror = tmp_path / "mirror"
    shutil.copytree(mirrored.data, mirror)
    for pattern, rows in (
        ("uoft-cs/cifar10/*/train-*.parquet", slice(5000)),
        ("ylecun/mnist/*/test-*.parquet", slice(2000)),
        ("zh-plus/tiny-imagenet/*/valid-*.parquet", slice(None, None, 5)),
    ):
        (file,) = mirror.glob(pattern)
        table = pyarrow.parquet.read_table(file)
        file.unlink()  # a copy may be as little writable as the original
        pyarrow.parquet.write_table(table.take(np.arange(len(table))[rows]), file)
    monkeypatch.setenv("SUITE_DATA", str(mirror))


@pytest.mark.usefixtures("fewer_images")
def test_all_methods_cost_one_inference_pass(suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_CACHE", str(tmp_path / "cache"))  # empty, whatever other tests have made
    methods = ("--method", "msp", "--method", "energy", "--method", "vim")
    done = suite("run", "--task", "ood/cifar10", *methods, process=True, timeout=900)
    assert done.returncode == 0, done.stderr
    for name, images in {
        "cifar10-train": "5,000",
        "mnist": "2,000",
        "textures": "1,200",
        "tiny-imagenet": "1,781",
    }.items():
        assert done.stderr.count(f"features of {name}: {images} images") == 1
    assert "88.14 % of 10,000" in done.stdout
    assert "missing data: near/cifar100, far/svhn, far/places365; means without them are partial" in done.stdout

    table = suite.json("board")["tables"][0]
    near = [v for row in table["rows"] for v in row["values"] if (v["metric"], v["subset"]) == ("auroc", "near")]
    assert len(near) == 3
    assert all(value["partial"] and value["n"] == 1 for value in near)
    assert all(value["low"] < value["mean"] < value["high"] for value in near)
    assert {value["basis"] for value in near} == {"95 %, DeLong over samples"}
    assert all(0.7 < value["mean"] < 0.95 for value in near)


def test_validation_and_test_are_disjoint(mirrored: Settings) -> None:
    resources = Resources(mirrored, Cache(mirrored.cache_folder))
    splits = CIFAR10Task().splits(0, resources)
    validation, test = splits.validation.rows(resources), splits.test.rows(resources)
    assert sorted(np.concatenate([validation, test])) == list(range(10_000))
    assert len(validation) == 1000
    outside, tuning = splits.near["tiny-imagenet"], splits.validation_ood["tiny-imagenet"]
    assert not set(outside.targets(resources)) & set(tuning.targets(resources))
    assert (len(outside.rows(resources)), len(tuning.rows(resources))) == (9000, 1000)


def test_without_cifar10_itself_it_says_what_is_missing(settings: Settings, tmp_path: Path) -> None:
    empty = settings.model_copy(update={"data": tmp_path})
    resources = Resources(empty, Cache(tmp_path / "cache"))
    with pytest.raises(Missing, match="uoft-cs/cifar10; the hub is off"):
        CIFAR10Task().data()[0].known_fingerprint(resources)

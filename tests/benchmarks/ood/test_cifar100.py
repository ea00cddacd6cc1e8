"""ood/cifar100: what it says without CIFAR-100, and its splits on a small stand-in for the hub's files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from suite.benchmarks.ood.cifar100 import CIFAR100Task
from suite.cache import Cache
from suite.contracts import Resources
from suite.settings import load_settings

from ...support.command import Suite


def test_without_cifar100_it_says_what_is_missing(
    suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUITE_DATA", str(tmp_path))
    done = suite("run", "--task", "ood/cifar100", "--method", "msp")
    assert done.returncode == 1
    assert "required data is missing" in done.stderr
    assert "has no split 'train' of uoft-cs/cifar100; the hub is off" in done.stderr


def test_splits_are_disjoint(tmp_path: Path, write_images: Callable[..., None]) -> None:
    rng = np.random.default_rng(0)
    folder = tmp_path / "data" / "uoft-cs" / "cifar100" / "cifar100"
    for split, count in (("train", 60), ("test", 1100)):
        images = rng.integers(256, size=(count, 4, 4, 3)).astype(np.uint8)
        labels = rng.integers(100, size=count)
        write_images(folder / f"{split}-00000-of-00001.parquet", images, labels, columns=("img", "fine_label"))
    settings = load_settings(data=tmp_path / "data", cache=tmp_path / "cache")
    resources = Resources(settings, Cache(settings.cache_folder))
    splits = CIFAR100Task().splits(0, resources)
    validation, test = splits.validation.rows(resources), splits.test.rows(resources)
    assert (len(validation), len(test)) == (1000, 100)
    assert not set(validation) & set(test)
    assert len(splits.train.rows(resources)) == 60
    assert splits.validation_ood == splits.outliers == {}
    assert CIFAR100Task().model(0).architecture.build().get_classifier().out_features == 100

"""ood/medmnist: the whole path on small arrays that lie where the hub's do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from suite.benchmarks.ood.medmnist import CLASSES, FAR, NEAR, RECIPE, TRAIN, MedMNISTTask
from suite.cache import Cache
from suite.contracts import Column, Missing, Resources, TaskContext
from suite.models.reference import ReferenceModel
from suite.plugins.ood.erm import ERM
from suite.run.scoring import scores_of
from suite.settings import load_settings

COUNTS = {"train": 330, "val": 33, "test": 66}
OTHERS = ("pneumoniamnist", "pathmnist", "bloodmnist")


class Shortened(MedMNISTTask):
    """With another rate, for a hundredth of the images."""

    def model(self, seed: int) -> ReferenceModel:
        recipe = replace(RECIPE, epochs=4, batch_size=32, learning_rate=2e-3, optimiser="adamw")
        return replace(super().model(seed), recipe=recipe)


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Resources:
    """Bars whose place tells the organ, lying in one view and upright in the others; noise for the OOD sets."""
    folder, rng = tmp_path_factory.mktemp("medmnist"), np.random.default_rng(0)
    files = folder / "data" / TRAIN.source.repository / "data"
    files.mkdir(parents=True)
    for name in ("organamnist", "organcmnist", "organsmnist", *OTHERS):
        arrays = {}
        for split, count in COUNTS.items():
            labels = np.arange(count) % CLASSES
            images = rng.integers(60, size=(count, 28, 28), dtype=np.uint8)
            for image, label in zip(images, labels, strict=True):
                view = image if name == "organamnist" else image.T
                view[2 * label + 2 : 2 * label + 4] += 150
            if name in OTHERS:
                images = rng.integers(256, size=(count, 28, 28, *([3] if name in FAR else [])), dtype=np.uint8)
            arrays |= {f"{split}_images": images, f"{split}_labels": labels[:, None].astype(np.uint8)}
        np.savez(files / f"{name}.npz", **arrays)
    settings = load_settings(data=folder / "data", cache=folder / "cache", home=folder, hub=False)
    return Resources(settings, Cache(folder / "cache"))


@pytest.mark.slow
def test_it_runs_and_other_views_are_harder(at: Resources) -> None:
    task = Shortened()
    context = TaskContext(0, at, task.setting({}))
    task.check(context)
    outcome = task.evaluate(ERM(), context)
    scores = {(score.metric, score.subset): score for score in scores_of(task, outcome.samples)}
    assert scores["accuracy", "id"].value > 0.9
    assert scores["accuracy", "csid/coronal"].value < 0.4
    assert set(outcome.missing) == {"near/octmnist", "far/dermamnist"}
    assert scores["auroc_energy", "near"].partial
    assert scores["auroc_energy", "far/pathmnist"].n == COUNTS["test"] * 2
    assert outcome.samples.value(Column(metric="worst_group_accuracy", subset="id")) is None  # six images each


@pytest.mark.parametrize(("share", "count"), [("100", 30), ("10", 3), ("1", 1)])
def test_a_share_of_each_class_is_left(share: str, count: int, at: Resources) -> None:
    task = MedMNISTTask()
    splits = task.splits(1, at, task.setting({"labelled": share}))
    assert np.bincount(splits.train.targets(at)).tolist() == [count] * CLASSES
    assert set(splits.inside) == {"id", "csid/coronal", "csid/sagittal"}
    assert (set(splits.near), set(splits.far)) == (set(NEAR), set(FAR))


def test_without_the_organs_it_says_what_is_missing(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path, cache=tmp_path / "cache", home=tmp_path, hub=False)
    with pytest.raises(Missing, match=r"organamnist\.npz; the hub is off"):
        MedMNISTTask().splits(0, Resources(settings, Cache(tmp_path / "cache")), MedMNISTTask().setting({}))

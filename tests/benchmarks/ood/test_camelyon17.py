"""ood/camelyon17: the whole path on a few patches written as the hub has them, with a small network."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from suite.benchmarks.ood.camelyon17 import RECIPE, REPOSITORY, Camelyon17Task, hospitals
from suite.cache import Cache
from suite.contracts import Missing, Resources, TaskContext
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.reference import ReferenceModel
from suite.plugins.ood.coral import CORAL
from suite.run.scoring import scores_of
from suite.settings import load_settings

CENTRES = {"train": (0, 3, 4), "validation": (0, 3, 4, 1), "test": (2,)}
COUNTS = {"train": 96, "validation": 80, "test": 40}


class Shortened(Camelyon17Task):
    """A network of eight layers on 32x32 pixels, one epoch."""

    def model(self, seed: int) -> ReferenceModel:
        return replace(
            super().model(seed),
            architecture=Architecture("resnet-cifar", {"depth": 8, "classes": 2}),
            transform=Transform(size=32),
            recipe=replace(RECIPE, epochs=1),
        )


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Resources:
    """Noise of a colour that tells the hospital."""
    folder, rng = tmp_path_factory.mktemp("camelyon"), np.random.default_rng(0)
    for split, count in COUNTS.items():
        centres = np.resize(CENTRES[split], count)
        files = []
        for centre in centres:
            pixels = rng.integers(200, size=(40, 40, 3)) + np.array([10 * centre, 0, 0])
            file = io.BytesIO()
            Image.fromarray(pixels.astype(np.uint8)).save(file, format="PNG")
            files.append({"bytes": file.getvalue(), "path": None})
        path = folder / "data" / REPOSITORY / "data" / f"{split}-00000-of-00001.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({"image": files, "label": np.arange(count) // 5 % 2, "center": centres}), path)
    settings = load_settings(data=folder / "data", cache=folder / "cache", home=folder, hub=False)
    return Resources(settings, Cache(folder / "cache"))


def test_hospitals_are_apart_as_in_wilds(at: Resources) -> None:
    task = Camelyon17Task()
    splits = task.splits(0, at, task.setting({}))
    centres = {name: hospitals(split.data, at)[split.rows(at)] for name, split in splits.inside.items()}
    assert set(centres["id"]) == {0, 3, 4}
    assert set(centres["csid/hospital-2"]) == {2}
    held = [split.rows(at) for split in (splits.validation, splits.test)]
    assert sorted(np.concatenate(held)) == np.flatnonzero(np.resize(CENTRES["validation"], 80) != 1).tolist()
    assert np.array_equal(splits.environments, np.resize((0, 1, 2), 96))
    assert np.array_equal(splits.groups, 2 * splits.environments + splits.train.targets(at))
    assert set(splits.test_groups["id"]) == set(range(6))


def test_it_runs_with_the_environments(at: Resources) -> None:
    task = Shortened()
    context = TaskContext(0, at, task.setting({}))
    task.check(context)
    outcome = task.evaluate(CORAL(), context)
    assert outcome.missing == ("far/textures",)
    subsets = {score.subset for score in scores_of(task, outcome.samples)}
    assert subsets == {"shifted", "id", "csid/hospital-2"}


def test_its_network_is_timms_and_its_data_may_be_missing(tmp_path: Path) -> None:
    task = Camelyon17Task()
    assert task.model(0).architecture.name == "timm/densenet121"
    settings = load_settings(data=tmp_path, cache=tmp_path / "cache", home=tmp_path, hub=False)
    with pytest.raises(Missing, match="Camelyon17-WILDS; the hub is off"):
        task.splits(0, Resources(settings, Cache(tmp_path / "cache")), task.setting({}))

"""Every track has a template of a task: it registers, is tidy, and is of one's own images where some are given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from suite.errors import SuiteError
from suite.registry import load_registry
from suite.scaffold import GivenImages, Package, new_task

REGISTRY = load_registry()


def digits(place: Path, per_class: int = 8) -> Path:
    """Write scikit-learn's digits as a folder with a folder of PNG files for each class."""
    pixels, numbers = load_digits(return_X_y=True)
    for number in range(10):
        (place / f"digit {number}").mkdir(parents=True)
        for index in np.flatnonzero(numbers == number)[:per_class]:
            image = Image.fromarray((15 * pixels[index].reshape(8, 8)).astype(np.uint8))
            image.save(place / f"digit {number}" / f"{index}.png")
    return place


def written(package: Package) -> Package:
    package.write()
    return package


@pytest.mark.parametrize("track", [entry.name for entry in REGISTRY.tracks])
def test_the_task_of_every_track_registers_and_is_tidy(track: str, tmp_path: Path) -> None:
    made = written(new_task(REGISTRY, "first-task", track, tmp_path / "package"))
    registry = load_registry((made.folder / made.module,))
    assert registry.failures == []
    task = registry.tasks[f"{track}/first-task"]
    assert registry.tracks[track].tasks.checks_of(task)
    for name, text in made.files.items():
        assert "{{" not in text, name
        assert "{%" not in text, name
        assert max(map(len, text.splitlines())) <= 120, name


def test_a_task_of_ones_own_images_has_their_classes(tmp_path: Path) -> None:
    images = GivenImages(digits(tmp_path / "my digits"), ("digit 8", "digit 9"))
    made = written(new_task(REGISTRY, "own-digits", "ood", tmp_path / "package", images))
    registry = load_registry((made.folder / made.module,))
    assert registry.failures == []
    task = registry.tasks["ood/own-digits"]()
    assert (task.near, task.far, task.size) == (("left-out",), (), 8)
    splits = task.splits(0, None)
    parts = [split.rows(None) for split in (splits.train, splits.validation, splits.test, *splits.near.values())]
    assert sum(map(len, parts)) == len(set(np.concatenate(parts).tolist())) == 80, "no image is in two splits"
    assert set(splits.test.targets(None).tolist()) == set(range(8))
    assert task.model(0).architecture.arguments["classes"] == 8
    assert "80 images, 10 classes, 8x8" in made.files["README.md"]


def test_a_quarter_of_the_classes_is_left_out_if_nobody_says_what_is_near(tmp_path: Path) -> None:
    made = new_task(REGISTRY, "own-digits", "ood", tmp_path / "package", GivenImages(digits(tmp_path / "id")))
    assert 'left_out = ("digit 8", "digit 9")' in made.files["own_digits.py"]


def test_others_are_of_the_kinds_that_the_track_names(tmp_path: Path) -> None:
    inside = digits(tmp_path / "id")
    for path in inside.glob("digit [89]"):
        path.rename(tmp_path / path.name.replace(" ", "-"))
    others = {"near": (tmp_path / "digit-8",), "far": (tmp_path / "digit-9",)}
    made = written(new_task(REGISTRY, "own-digits", "ood", tmp_path / "package", GivenImages(inside, (), others)))
    task = load_registry((made.folder / made.module,)).tasks["ood/own-digits"]()
    assert (task.near, task.far) == (("digit-8",), ("digit-9",))
    wrong = GivenImages(inside, (), {"nera": others["near"]})
    with pytest.raises(
        SuiteError, match=r"'nera' is not a kind of other images\. The track has near, far\. Did you mean 'near'\?"
    ):
        new_task(REGISTRY, "mine", "ood", tmp_path / "other", wrong)


@pytest.mark.parametrize(
    ("name", "track", "images", "cause"),
    [
        ("digits", "ood", None, "the task 'ood/digits' exists"),
        ("Mine", "ood", None, "is not a name"),
        ("mine", "basins", GivenImages(Path("nowhere")), "has no template for a task on images"),
        ("mine", "ood", GivenImages(Path("nowhere")), "nowhere does not exist"),
    ],
)
def test_what_cannot_be_is_refused(
    name: str, track: str, images: GivenImages | None, cause: str, tmp_path: Path
) -> None:
    with pytest.raises(SuiteError, match=cause):
        new_task(REGISTRY, name, track, tmp_path / "package", images)
    assert not (tmp_path / "package").exists()


def test_classes_must_be_there_and_be_enough(tmp_path: Path) -> None:
    place = digits(tmp_path / "id", 5)
    with pytest.raises(SuiteError, match="the images have no class 'digit x'"):
        new_task(REGISTRY, "mine", "ood", tmp_path / "package", GivenImages(place, ("digit x",)))
    with pytest.raises(SuiteError, match="the images have no classes"):
        new_task(REGISTRY, "mine", "ood", tmp_path / "package", GivenImages(place / "digit 1"))

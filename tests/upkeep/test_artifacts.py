"""``suite cache``: what lies there, and removing what nobody holds."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import torch

from suite.cache import Cache
from suite.settings import load_settings
from suite.upkeep.artifacts import Artifact, artifacts, chosen, remove

from ..support.command import Suite

DAY = 86_400


@pytest.fixture
def cache() -> Cache:
    """A cache with three artifacts, used 1, 10 and 100 days ago, and a note."""
    made = Cache(load_settings().cache_folder)
    for days in (1, 10, 100):
        made.tensors("features", {"days": days}, lambda: {"x": torch.zeros(1000)})
        for path in made.path("features", {"days": days}, ".safetensors").parent.glob("*"):
            if path.name.startswith(made.path("features", {"days": days}, "").name):
                os.utime(path, (time.time() - days * DAY,) * 2)
    made.write_note("fingerprints", {"of": "x"}, {"sha256": "y"})
    return made


def test_an_artifact_is_counted_with_what_lies_beside_it(cache: Cache, suite: Suite) -> None:
    found = artifacts(cache.folder)
    assert sorted(each.kind for each in found) == ["features"] * 3 + ["fingerprints"]
    assert all(each.size > 4000 for each in found if each.kind == "features")
    listed = {each["kind"]: each for each in suite.json("cache", "list")}
    assert listed["features"]["artifacts"] == 3
    assert listed["features"]["size"] == sum(each.size for each in found if each.kind == "features")


def test_the_conditions_choose_the_longest_unused_first(cache: Cache) -> None:
    found = artifacts(cache.folder)
    ages = lambda which: [round((time.time() - each.used) / DAY) for each in which]  # noqa: E731
    assert ages(chosen(found, kinds=["features"])) == [100, 10, 1]
    assert ages(chosen(found, unused=5 * DAY)) == [100, 10]
    assert ages(chosen(found, kinds=["features"], to=sum(each.size for each in found) - 1)) == [100]
    assert chosen(found, to=sum(each.size for each in found)) == []
    assert len(chosen(found, to=0)) == 4
    assert chosen(found, left=True) == []


def test_nothing_is_removed_unless_it_is_said_so(cache: Cache, suite: Suite) -> None:
    printed = suite.printed("cache", "prune", "--unused", "5d")
    assert "would remove 2 artifacts" in printed
    assert len(artifacts(cache.folder)) == 4
    assert "removed: 2 artifacts" in suite.printed("cache", "prune", "--unused", "5d", "--yes")
    assert len(artifacts(cache.folder)) == 2
    assert cache.tensors("features", {"days": 10}, lambda: {"x": torch.ones(1)})["x"].item() == 1, "it is made again"


def test_what_is_being_made_or_is_open_stays(cache: Cache) -> None:
    held, mapped, free = (cache.path("features", {"days": days}, ".safetensors") for days in (1, 10, 100))
    tensors = torch.from_file(str(mapped), size=100)
    with cache.lock(held):
        gone, busy = remove([each for each in artifacts(cache.folder) if each.kind == "features"])
        assert (held.exists(), free.exists()) == (True, False)
        assert len(gone) + len(busy) == 3
        if Path("/proc/self/maps").exists():
            assert mapped.exists()
            assert tensors.numel() == 100
            assert len(busy) == 2


def test_a_folder_of_a_library_is_one_artifact(tmp_path: Path) -> None:
    (tmp_path / "mirror" / "set" / "deep").mkdir(parents=True)
    (tmp_path / "mirror" / "set" / "deep" / "a.arrow").write_bytes(bytes(100))
    (found,) = artifacts(tmp_path)
    assert (found.kind, found.size) == ("mirror", 100)
    with (tmp_path / "mirror" / "set" / "deep" / "a.arrow").open():
        if Path("/proc/self/fd").exists():
            assert remove([found]) == ([], [found])
    assert remove([found]) == ([found], [])
    assert list((tmp_path / "mirror").iterdir()) == []


def test_a_lock_of_what_is_being_made_now_is_no_leftover() -> None:
    assert not Artifact("models", (Path("a.safetensors.lock"),), 0, time.time()).is_left
    assert Artifact("models", (Path("a.safetensors.lock"),), 0, time.time() - 2 * DAY).is_left
    assert not Artifact("models", (Path("a.safetensors"),), 0, time.time() - 2 * DAY).is_left


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no condition is given"),
        (("--kind", "none"), "the cache has no artifacts of kind 'none'"),
        (("--to", "much"), "'much' is not a size"),
        (("--unused", "long"), "'long' is not a length of time"),
    ],
)
def test_a_wrong_choice_is_told(suite: Suite, arguments: tuple[str, ...], said: str) -> None:
    done = suite("cache", "prune", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "next: suite cache" in done.stderr or "--to" in done.stderr

"""The cache: computed once, checked on reading, nothing half-written."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from suite.cache import Cache

IDENTITY = {"model": "a", "data": "b"}


def test_an_artifact_is_made_once_by_many(tmp_path: Path) -> None:
    made = []

    def make() -> dict[str, torch.Tensor]:
        made.append(1)
        return {"x": torch.arange(5)}

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: Cache(tmp_path).tensors("kind", IDENTITY, make), range(16)))
    assert len(made) == 1
    assert all(torch.equal(each["x"], torch.arange(5)) for each in found)


def test_every_part_of_the_identity_counts(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.tensors("kind", IDENTITY, lambda: {"x": torch.zeros(1)})
    other = cache.tensors("kind", {**IDENTITY, "model": "c"}, lambda: {"x": torch.ones(1)})
    assert other["x"].item() == 1


@pytest.mark.parametrize("damage", [lambda old: old[: len(old) // 2], lambda old: b"", lambda old: b"garbage" * 9])
def test_a_damaged_file_is_made_again(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.tensors("kind", IDENTITY, lambda: {"x": torch.zeros(100)})
    path = cache.path("kind", IDENTITY, ".safetensors")
    path.write_bytes(damage(path.read_bytes()))
    assert cache.tensors("kind", IDENTITY, lambda: {"x": torch.ones(100)})["x"].sum() == 100


def test_a_file_of_another_identity_is_never_served(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.tensors("kind", {"model": "other"}, lambda: {"x": torch.zeros(1)})
    wrong = cache.path("kind", {"model": "other"}, ".safetensors")
    wrong.rename(cache.path("kind", IDENTITY, ".safetensors"))
    assert cache.tensors("kind", IDENTITY, lambda: {"x": torch.ones(1)})["x"].item() == 1


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> dict[str, torch.Tensor]:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        Cache(tmp_path).tensors("kind", IDENTITY, fail)
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] in ([], [".lock"])


def test_notes_compare_their_identity(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.note("kind", IDENTITY) is None
    cache.write_note("kind", IDENTITY, {"sha256": "0"})
    assert cache.note("kind", IDENTITY) == {"sha256": "0"}
    cache.path("kind", IDENTITY, ".json").write_text('{"identity": {}, "note": {}}')
    assert cache.note("kind", IDENTITY) is None

"""The cache: computed once, checked on reading, nothing half-written."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from suite import cache as module
from suite.cache import Cache

from .support.flipping import PLACES, flipped

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


@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("suffix", [".safetensors", ".sha256"])
def test_a_flipped_byte_is_never_served(
    tmp_path: Path, suffix: str, place: float, small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SMALL", 2**20 if small else 0)
    cache, made = Cache(tmp_path), {"x": torch.arange(100.0)}
    cache.tensors("kind", IDENTITY, lambda: made)
    path = cache.path("kind", IDENTITY, suffix)
    assert list(cache.damaged()) == []
    with flipped(path, place):
        assert list(cache.damaged()) == [path] or suffix != ".safetensors"
        assert cache.has_tensors("kind", IDENTITY) == (suffix != ".safetensors")
        again = cache.tensors("kind", IDENTITY, lambda: made)
        assert torch.equal(again["x"], made["x"])
        assert list(cache.damaged()) == []
        assert cache.has_tensors("kind", IDENTITY)


@pytest.mark.parametrize("place", PLACES)
def test_a_note_with_a_flipped_byte_is_no_note(tmp_path: Path, place: float) -> None:
    cache = Cache(tmp_path)
    cache.write_note("kind", IDENTITY, {"sha256": "0" * 64})
    with flipped(cache.path("kind", IDENTITY, ".json"), place):
        assert cache.note("kind", IDENTITY) is None


def test_artifacts_and_notes_of_an_earlier_version_are_taken_as_they_are(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.tensors("kind", IDENTITY, lambda: {"x": torch.zeros(3)})
    cache.write_note("kind", IDENTITY, {"sha256": "0"})
    cache.path("kind", IDENTITY, ".sha256").unlink()
    note = cache.path("kind", IDENTITY, ".json")
    note.write_bytes(note.read_bytes().partition(b"\n")[0])
    assert cache.note("kind", IDENTITY) == {"sha256": "0"}
    assert cache.has_tensors("kind", IDENTITY)
    with flipped(cache.path("kind", IDENTITY, ".safetensors"), 1.0):
        assert not cache.has_tensors("kind", IDENTITY), "from the first time on it is checked"


def test_a_cache_that_cannot_be_written_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path)
    cache.tensors("kind", IDENTITY, lambda: {"x": torch.zeros(3)})
    cache.path("kind", IDENTITY, ".sha256").unlink()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(module, "write_text_atomic", refuse)
    monkeypatch.setattr(module, "SMALL", 0)
    assert len(cache.tensors("kind", IDENTITY, refuse)["x"]) == 3

"""A mirror is whole and of one upload and configuration, or it is refused; nothing of it is guessed."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.contracts import Missing
from suite.data.mirror import shards
from suite.errors import SuiteError


def names(total: int, split: str = "train") -> list[str]:
    return [f"{split}-{number:05d}-of-{total:05d}.parquet" for number in range(total)]


def laid(folder: Path, *files: str) -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    return folder


def test_all_files_of_a_split_are_read_in_order(tmp_path: Path) -> None:
    laid(tmp_path, *names(11), *names(2, "test"), "README.md")
    assert [file.name for file in shards(tmp_path, "train", None)] == names(11)
    assert shards(tmp_path, "validation", None) == []
    assert shards(tmp_path / "nowhere", "train", None) == []


@given(st.integers(2, 6).flatmap(lambda total: st.tuples(st.just(total), st.sets(st.integers(0, total - 1)))))
def test_a_part_of_the_files_is_refused_whichever_it_is(tmp_path_factory, drawn: tuple[int, set[int]]) -> None:
    total, kept = drawn
    folder = laid(tmp_path_factory.mktemp("mirror"), *(names(total)[number] for number in kept))
    if len(kept) in (0, total):
        assert len(shards(folder, "train", None)) == len(kept)
        return
    with pytest.raises(SuiteError, match=f"{total - len(kept)} of the {total} files of split 'train' are missing"):
        shards(folder, "train", None)


UPLOADS = (names(1), names(2), ["train-00000-of-00001-0a1b2c.parquet"], ["train-of-all.parquet"])


@pytest.mark.parametrize("uploads", list(combinations(UPLOADS, 2)))
def test_two_uploads_beside_each_other_are_refused(tmp_path: Path, uploads: tuple[list[str], list[str]]) -> None:
    laid(tmp_path, *uploads[0], *uploads[1])
    with pytest.raises(SuiteError, match="not of one upload"):
        shards(tmp_path, "train", None)


def test_a_configuration_is_its_folder_and_no_other(tmp_path: Path) -> None:
    laid(tmp_path, *(f"full/{name}" for name in names(1)), *(f"small/{name}" for name in names(2)))
    assert [file.parent.name for file in shards(tmp_path, "train", "small")] == ["small", "small"]
    with pytest.raises(Missing, match=re.escape("in full, small, but no configuration 'cropped'")):
        shards(tmp_path, "train", "cropped")
    with pytest.raises(SuiteError, match="several folders: full, small"):
        shards(tmp_path, "train", None)

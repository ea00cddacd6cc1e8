"""Files of a pretrained pipeline, from a folder and from a pretended hub; its parts are loaded in the task's test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from suite.cache import Cache
from suite.contracts import Missing, Resources
from suite.diffusion.pipeline import FILES, PretrainedPipeline
from suite.errors import SuiteError
from suite.settings import load_settings

PIPELINE = PretrainedPipeline("tiny", "somebody/tiny", "a" * 40)


def resources(tmp_path: Path, **changes: Any) -> Resources:
    settings = load_settings(cache=tmp_path / "cache", **changes)
    return Resources(settings, Cache(settings.cache_folder))


def written(folder: Path) -> Path:
    for file in FILES:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(file)
    return folder


def test_a_folder_of_the_weights_is_used_and_known_by_its_content(tmp_path: Path) -> None:
    folder = written(tmp_path / "weights" / "somebody/tiny")
    at = resources(tmp_path, weights=tmp_path / "weights", hub=False)
    assert PIPELINE.folder(at) == folder
    assert PIPELINE.known_fingerprint(at) is None
    first = PIPELINE.fingerprint(at)
    assert PIPELINE.known_fingerprint(at) == PIPELINE.lineage(at) == first
    (folder / FILES[1]).write_text("other weights")
    assert PIPELINE.known_fingerprint(at) is None
    assert PIPELINE.fingerprint(at) != first


def test_a_folder_that_lacks_a_file_says_which(tmp_path: Path) -> None:
    (written(tmp_path / "somebody/tiny") / FILES[3]).unlink()
    with pytest.raises(Missing, match=f"somebody/tiny has no {FILES[3]}"):
        PIPELINE.known_fingerprint(resources(tmp_path, weights=tmp_path))


def test_the_hub_is_asked_at_the_pinned_revision_for_these_files_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def download(repository: str, *, revision: str, allow_patterns: list[str]) -> str:
        asked.append((repository, revision, tuple(allow_patterns)))
        return str(written(tmp_path / "hub"))

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    at = resources(tmp_path)
    assert PIPELINE.known_fingerprint(at) is None
    assert PIPELINE.fingerprint(at) == PIPELINE.known_fingerprint(at)
    assert asked == [("somebody/tiny", "a" * 40, FILES)]
    assert not [file for file in FILES if file.endswith((".bin", ".ckpt", ".pt"))]


def test_without_folder_and_hub_it_is_missing(tmp_path: Path) -> None:
    for ask in (PIPELINE.known_fingerprint, PIPELINE.fingerprint, PIPELINE.folder):
        with pytest.raises(Missing, match="no somebody/tiny under SUITE_WEIGHTS; the hub is off"):
            ask(resources(tmp_path, data=tmp_path))
    with pytest.raises(Missing, match="could not be downloaded"):
        PIPELINE.fingerprint(resources(tmp_path))  # no test may depend on a network


def test_files_that_are_no_such_part_are_refused(tmp_path: Path) -> None:
    folder = written(tmp_path / "somebody/tiny")
    with pytest.raises(SuiteError, match="this is not a UNet2DConditionModel") as error:
        PIPELINE.load("unet", resources(tmp_path, weights=tmp_path))
    assert error.value.place == str(folder / "unet")

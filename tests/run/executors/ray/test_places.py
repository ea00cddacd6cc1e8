"""Where a node looks for data, weights and cache: where the runner has them, else where it has its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite.run.executors.ray.places import names_in, settings_here
from suite.settings import Settings


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data" / "owner").mkdir(parents=True)
    return tmp_path / "data"


def asked(data: Path, tmp_path: Path) -> tuple[Settings, Path]:
    settings = Settings(home=tmp_path / "runner", data=data)
    mark = settings.cache_folder / ".seen-1"
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(mark.name)
    return settings, mark


def test_what_is_seen_is_used(data: Path, tmp_path: Path) -> None:
    settings, mark = asked(data, tmp_path)
    here, lacks = settings_here(settings, mark, {"data": ["owner"]})
    assert (here.data, here.cache_folder, lacks) == (data, settings.cache_folder, [])


def test_a_machine_that_does_not_see_the_cache_keeps_its_own(data: Path, tmp_path: Path) -> None:
    settings, mark = asked(data, tmp_path)
    mark.unlink()
    here, _ = settings_here(settings, mark, {})
    assert here.cache_folder == tmp_path / "home" / "cache", "of SUITE_HOME on this machine"


def test_the_same_data_are_found_at_another_path(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, mark = asked(tmp_path / "not-here", tmp_path)
    monkeypatch.setenv("SUITE_DATA", str(data))
    here, lacks = settings_here(settings, mark, {"data": names_in(data)})
    assert (here.data, lacks) == (data, [])


def test_other_data_are_told(data: Path, tmp_path: Path) -> None:
    settings, mark = asked(data, tmp_path)
    _, lacks = settings_here(settings, mark, {"data": ["another-owner"]})
    assert lacks == [f"other files at {data}, where the runner has its data"]
    _, lacks = settings_here(settings.model_copy(update={"data": tmp_path / "x"}), mark, {"data": ["owner"]})
    assert lacks == [f"nothing at {tmp_path / 'x'}, where the runner has its data"]

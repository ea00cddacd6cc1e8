"""An export replaces an export, and nothing else; half of one never stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from suite.errors import SuiteError
from suite.export.folder import MANIFEST, replaced

from .conftest import files


def write(folder: Path, **contents: str) -> None:
    with replaced(folder) as fresh:
        for name, content in contents.items():
            (fresh / name).write_text(content)


def fail(fresh: Path, error: type[BaseException]) -> None:
    (fresh / "one").write_text("half")
    raise error


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "outer" / "site"


def test_an_export_takes_the_place_of_the_former_one(place: Path) -> None:
    write(place, one="1", two="2")
    write(place, two="3")
    assert set(files(place)) == {"two", MANIFEST}
    assert (place / "two").read_text() == "3"
    assert [path.name for path in place.parent.iterdir()] == ["site"]
    assert place.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("before", [None, {}])
def test_absent_and_empty_folders_are_filled(place: Path, before: dict[str, str] | None) -> None:
    if before is not None:
        place.mkdir(parents=True)
    write(place, one="1")
    assert "one" in files(place)


def test_a_folder_with_a_file_of_somebody_else_is_refused_and_stays(place: Path) -> None:
    write(place, one="1")
    (place / "CNAME").write_text("example.org")
    before = files(place)
    with pytest.raises(SuiteError, match="'CNAME', which is not from an export"):
        write(place, one="2")
    assert files(place) == before


@pytest.mark.parametrize("manifest", [None, "no json", "[]", '{"export": "another", "files": {"one": ""}}'])
def test_a_folder_that_is_no_export_of_ours_is_refused(place: Path, manifest: str | None) -> None:
    place.mkdir(parents=True)
    (place / "one").write_text("1")
    if manifest is not None:
        (place / MANIFEST).write_text(manifest)
    before = files(place)
    with pytest.raises(SuiteError, match="cannot overwrite"):
        write(place, one="2")
    assert files(place) == before


def test_a_file_is_refused(place: Path) -> None:
    place.parent.mkdir(parents=True)
    place.write_text("1")
    with pytest.raises(SuiteError, match="it is not a folder"):
        write(place, one="2")


def test_a_file_that_appears_meanwhile_is_not_lost(place: Path) -> None:
    write(place, one="1")
    with pytest.raises(SuiteError, match="'late'"), replaced(place):
        (place / "late").write_text("of somebody")
    assert (place / "late").read_text() == "of somebody"
    assert (place / "one").read_text() == "1"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_export_that_fails_leaves_the_former_one(place: Path, error: type[BaseException]) -> None:
    write(place, one="1")
    before = files(place)
    with pytest.raises(error), replaced(place) as fresh:
        fail(fresh, error)
    assert files(place) == before
    assert [path.name for path in place.parent.iterdir()] == ["site"]


def test_what_a_link_leads_to_is_replaced_and_the_link_stays(place: Path, tmp_path: Path) -> None:
    write(place, one="1")
    link = tmp_path / "link"
    link.symlink_to(place)
    write(link, one="2")
    assert link.is_symlink()
    assert (place / "one").read_text() == "2"


def test_the_manifest_lists_what_it_lies_beside(place: Path) -> None:
    write(place, one="1")
    assert set(json.loads((place / MANIFEST).read_text())["files"]) == {"one"}

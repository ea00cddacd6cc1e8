"""``suite new method``: writes a package that the other commands take, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..support.command import Suite
from .test_errors import one_error


def test_the_package_is_written_and_the_next_commands_are_said(
    suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = suite.printed("new", "method", "my-idea", "--track", "ood")
    assert "ood/my-idea, role detector, is in my-idea:" in told
    assert "other roles of this track: trained-detector" in told
    assert "  cd my-idea\n  pip install -e '.[test]' && pytest\n" in told
    assert "suite run --task ood/digits --method my-idea && suite board --task ood/digits" in told
    shown = suite.json("methods", "show", "my-idea", SUITE_PLUGINS=str(tmp_path / "my-idea" / "my_idea.py"))
    assert shown["parameters"]["order"]["default"] == 2.0


def test_an_empty_folder_is_taken_and_a_hidden_file_is_not_overlooked(suite: Suite, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    assert f"cd '{folder}'" in suite.printed("new", "method", "my-idea", str(folder), "--track", "basins")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    told = one_error(suite("new", "method", "my-other-idea", str(folder), "--track", "basins"))
    assert "is not empty. Nothing was written" in told["cause"]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


WRONG = {
    "capitals": ("My_Idea", (), "Did you mean 'my-idea'?"),
    "a path": ("../my-idea", (), "is not a name"),
    "a digit first": ("2nd", (), "Did you mean 'nd'?"),
    "nothing": ("", (), "is not a name"),
    "a line break": ("my-idea\n", (), "is not a name"),
    "too long": ("a" * 65, (), "is not a name"),
    "a library's prefix": ("library/idea", (), "is not a name"),
    "a keyword": ("lambda", (), "is a reserved word of Python"),
    "a module": ("json", (), "would become the Python module 'json', and this module exists"),
    "an installed module": (
        "pydantic-core",
        (),
        "would become the Python module 'pydantic_core', and this module exists",
    ),
    "a method": ("max-logit", (), "the method 'ood/max-logit' exists, from the plugin 'ood-methods'"),
    "an unknown track": ("my-idea", ("--track", "odo"), "unknown track 'odo'. Did you mean 'ood'?"),
    "an unknown role": ("my-idea", ("--role", "detecter"), "no role 'detecter'. Did you mean 'detector'"),
    "a former name": ("kmeans-known", ("--track", "basins"), "is an old name of the method 'basins/kmeans'"),
}


@pytest.mark.parametrize(("name", "options", "cause"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    suite: Suite, tmp_path: Path, name: str, options: tuple[str, ...], cause: str
) -> None:
    track = () if "--track" in options else ("--track", "ood")
    done = suite("new", "method", name, str(tmp_path / "new"), *track, *options)
    assert cause in one_error(done)["cause"]
    assert not (tmp_path / "new").exists()


def test_a_file_in_the_place_of_the_folder_stays(suite: Suite, tmp_path: Path) -> None:
    (tmp_path / "new").write_text("mine")
    told = one_error(suite("new", "method", "my-idea", str(tmp_path / "new"), "--track", "ood"))
    assert "is not a folder" in told["cause"]
    assert (tmp_path / "new").read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_no_traceback(suite: Suite, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = suite("new", "method", "my-idea", str(tmp_path / "file" / "new"), "--track", "ood")
    assert "file is not a folder" in one_error(done)["cause"]


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        (("--from-folder", "nowhere", "--other", "near"), "'near' is not KIND=PATH"),
        (("--from-folder", "nowhere", "--other", "nera=nowhere"), "'nera' is not a kind of other images"),
        (("--other", "near=nowhere"), "no images are given"),
        ((), "no track is given"),
    ],
)
def test_a_task_on_images_that_are_not_named_well_is_refused(
    suite: Suite, tmp_path: Path, options: tuple[str, ...], cause: str
) -> None:
    assert cause in one_error(suite("new", "task", "mine", str(tmp_path / "new"), *options))["cause"]
    assert not (tmp_path / "new").exists()

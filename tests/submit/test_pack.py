"""Packing: from runs of the own store to a folder that is fine, or one error and no folder."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from suite.hashing import digest, file_digest
from suite.registry import Registry
from suite.scaffold import new_method
from suite.settings import Settings
from suite.store.reading import Reader
from suite.store.results.writing import write_results
from suite.submit import check, unpack

from ..run.bench import PLUGIN
from ..support.command import Done, Suite
from ..support.stores import seal_again
from .desk import Desk

WHO = ("--title", "Again", "--author", "Ada; Here; 0000-0002-1825-0097", "--licence", "mit", "--contact", "a@b.org")
Pack = Callable[..., Done]


@pytest.fixture
def pack(suite: Suite, shop: Settings, tmp_path: Path) -> Pack:
    """The command, on the shop's store, into a folder of this test."""

    def packed(*arguments: str, **more: str) -> Done:
        folder = ("--in", str(tmp_path / "out"))
        return suite("submit", "pack", *arguments, *folder, SUITE_HOME=str(shop.home), **more)

    return packed


def test_a_pack_is_fine_and_says_what_it_holds(pack: Pack, tmp_path: Path, desk: Desk) -> None:
    done = pack("again", "-t", "ood/*", *WHO, "--archive")
    assert done.returncode == 0, done.stderr
    assert "1 run, 1 file of samples" in done.stdout
    made = Desk(tmp_path / "out" / "again", desk.registry)
    assert made.check().ok
    assert made.document["licence"] == "MIT"
    assert made.document["authors"] == [{"name": "Ada", "affiliation": "Here", "orcid": "0000-0002-1825-0097"}]
    assert made.document["runs"] == [{"task": "ood/digits", "methods": ["ood/energy"], "seeds": [0]}]
    assert [row["by"] for row in made.rows()] == ["Ada"]
    folder = unpack(tmp_path / "out" / "again.zip", tmp_path / "in")
    assert Desk(folder, desk.registry).state() == made.state()


def test_without_samples_it_is_fine_too(pack: Pack, tmp_path: Path, desk: Desk) -> None:
    done = pack("again", *WHO, "--samples", "0")
    assert "0 files of samples" in done.stdout
    assert "samples of 1 run are not in it" in done.stdout
    assert check(tmp_path / "out" / "again", desk.registry).ok


def test_the_file_of_a_template_says_the_rest(pack: Pack, tmp_path: Path, desk: Desk) -> None:
    made = new_method(desk.registry, "my-first", "ood", "detector", tmp_path / "package")
    made.write()
    about = made.folder / "submission.yaml"
    edits = {"PLACEHOLDER: your names": "Ada", "PLACEHOLDER@": "ada@", "tier: code": "tier: results"}
    for placeholder, said in edits.items():
        about.write_text(about.read_text().replace(placeholder, said))
    assert pack("again", "--about", str(about)).returncode == 0
    document = Desk(tmp_path / "out" / "again", desk.registry).document
    assert (document["title"], document["tier"], document["contact"]) == ("My first", "results", "ada@example.org")
    assert document["methods"][0]["distribution"] == "basin-suite"


def test_a_wheel_that_nobody_would_run_is_told(pack: Pack) -> None:
    warning = "warning: these are results alone"
    assert warning in pack("again", *WHO, "--wheel", "none.txt").stderr
    assert warning not in pack("again", *WHO, "--wheel", "none.txt", "--code").stderr


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("again",), "submission.yaml would not be valid: title"),
        (("again", *WHO[:-2]), "submission.yaml would not be valid: contact"),
        (("Again", *WHO), "submission.yaml would not be valid: name"),
        (("again", *WHO, "--paper", "javascript:x"), "submission.yaml would not be valid: paper"),
        (("again", *WHO, "-t", "replay/*"), "none of the chosen runs has ended"),
        (("again", *WHO, "--about", "none.yaml"), "the file none.yaml does not exist"),
        (("again", *WHO, "--wheel", "none.txt"), "this is not a wheel"),
        (("again", *WHO, "--wheel", "other-1.0-py3-none-any.whl"), "no run was made with other 1.0"),
    ],
)
def test_what_is_missing_is_one_error_and_no_folder(
    pack: Pack, tmp_path: Path, arguments: tuple[str, ...], cause: str
) -> None:
    done = pack(*arguments)
    assert done.returncode == 2
    assert cause in done.stderr
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True


def test_a_folder_that_is_there_is_left_alone(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "out" / "again").mkdir(parents=True)
    assert "again exists" in pack("again", *WHO).stderr


def test_a_method_from_a_file_has_no_version_to_submit(suite: Suite, tmp_path: Path) -> None:
    home = {"SUITE_HOME": str(tmp_path / "home"), "SUITE_PLUGINS": str(PLUGIN)}
    suite.printed("run", "-t", "fast/count", "-m", "constant", "--executor", "inline", **home)
    done = suite("submit", "pack", "again", *WHO, "--in", str(tmp_path / "out"), **home)
    assert "came from a file, not from an installed package" in done.stderr


def edited(store: Path, **environment: object) -> None:
    """Say in a store that its runs were made with another plugin."""
    with sqlite3.connect(store / "suite.db") as connection:
        ((document,),) = connection.execute("select document from environment")
        said = json.loads(document)
        said["plugin"] |= environment
        connection.execute("update environment set id = ?, document = ?", [digest(said), json.dumps(said)])
        connection.execute("update run set environment = ?", [digest(said)])
    connection.close()
    seal_again(store / "suite.db")


@pytest.fixture
def own_shop(shop: Settings, tmp_path: Path) -> Path:
    """A copy of the shop's store, which a test may change."""
    home = tmp_path / "own-shop"
    home.mkdir()
    shutil.copy(shop.home / "suite.db", home)
    shutil.copytree(shop.home / "samples", home / "samples")
    return home


@pytest.mark.parametrize("other", [{"version": "0.0.1"}, {"distribution": "another"}])
def test_runs_of_another_version_or_distribution_are_not_packed(
    suite: Suite, own_shop: Path, tmp_path: Path, other: dict[str, str]
) -> None:
    edited(own_shop, **other)
    done = suite("submit", "pack", "again", *WHO, "--in", str(tmp_path / "out"), SUITE_HOME=str(own_shop))
    assert done.returncode == 2
    assert "none of the 1 chosen runs used the method that is installed here" in done.stderr
    assert "suite run -t ood/digits -m ood/energy" in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_can_be_edited_in_place_is_no_code_to_send(suite: Suite, own_shop: Path, tmp_path: Path) -> None:
    edited(own_shop, editable=True)
    done = suite("submit", "pack", "again", *WHO, "--code", "--in", str(tmp_path / "out"), SUITE_HOME=str(own_shop))
    assert "was installed with pip install -e" in done.stderr
    assert not (tmp_path / "out").exists()


def test_runs_of_an_earlier_source_are_left_out_and_counted(suite: Suite, tmp_path: Path, registry: Registry) -> None:
    """One home, a draft in a file that was edited meanwhile, and a run of a built-in method."""
    plugin = tmp_path / "draft.py"
    shutil.copy(PLUGIN, plugin)
    home = {"SUITE_HOME": str(tmp_path / "home"), "SUITE_PLUGINS": str(plugin)}
    suite.printed("run", "-t", "fast/count", "-m", "constant", "--executor", "inline", **home)
    suite.printed("run", "-t", "ood/digits", "-m", "energy", "-s", "0", "--executor", "inline", **home)
    with plugin.open("a") as file:
        file.write("# another source\n")
    for given in (home, {**home, "SUITE_PLUGINS": ""}):
        name = f"again-{len(given['SUITE_PLUGINS'])}"
        told = suite.printed("submit", "pack", name, *WHO, "--in", str(tmp_path / "out"), **given)
        assert "left out: of other versions or sources" in told
        assert Desk(tmp_path / "out" / name, registry).check().ok
        assert Desk(tmp_path / "out" / name, registry).document["runs"][0]["methods"] == ["ood/energy"]


def test_failed_runs_are_packed_with_a_warning_but_not_alone(
    suite: Suite, own_shop: Path, tmp_path: Path, registry: Registry
) -> None:
    out, home = ("--in", str(tmp_path / "out")), {"SUITE_HOME": str(own_shop)}
    with sqlite3.connect(own_shop / "suite.db") as connection:
        connection.execute("update run set state = 'failed', error = 'broke', samples = null")
        connection.execute("delete from score")
    connection.close()
    seal_again(own_shop / "suite.db")
    done = suite("submit", "pack", "again", *WHO, *out, **home)
    assert "none of the 1 runs is done" in done.stderr
    assert not list((tmp_path / "out").glob("*"))
    suite.printed("run", "-t", "ood/digits", "-m", "msp", "-s", "0", "--executor", "inline", **home)
    done = suite("submit", "pack", "again", *WHO, *out, **home)
    assert "warning: 1 run not done" in done.stderr
    assert check(tmp_path / "out" / "again", registry).problems == ()


def test_a_submission_of_failed_runs_alone_is_refused(desk: Desk, shop: Settings, registry: Registry) -> None:
    reader = Reader(shop.database_url)
    run = replace(reader.run(reader.latest_runs()[0].id), state="failed", error="broke", samples=None, scores=())
    reader.close()
    shutil.rmtree(desk.folder / "results")
    write_results([run], shop, desk.folder / "results", version="0.1.0", by="Ada")
    manifest = file_digest(desk.folder / "results" / "manifest.json")
    desk.edit(lambda document: document.update(results={"manifest": manifest}))
    assert "results: no run is done" in desk.refused()

"""``suite board`` and ``suite compare`` on a store that is filled by hand: settings, axes, former names, samples."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from suite.board import artifact
from suite.board.artifact import load_board
from suite.cli.main import app
from suite.errors import SuiteError
from suite.store.samples import keep_samples, samples_path

from ..board.conftest import PLUGIN, Store, fill

VARIED = "demo/varied"
FINE, COARSE = ({"precision": value, "amount": "few"} for value in ("fine", "coarse"))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store in the home of the commands, which load its plugin."""
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    return Store(tmp_path / "home")


@pytest.fixture
def varied(store: Store) -> Store:
    """A store of two methods and a control under two settings of one task, and one method on another."""
    fill(store, "alpha", [0.9, 0.92, 0.89, 0.9, 0.91], task=VARIED, setting=FINE)
    fill(store, "chance", [0.1, 0.12, 0.09, 0.1, 0.11], task=VARIED, setting=FINE)
    fill(store, "alpha", [0.7, 0.72, 0.69, 0.7, 0.71], task=VARIED, setting=COARSE)
    fill(store, "beta", [0.8, 0.83, 0.79, 0.8, 0.81], task=VARIED, setting=COARSE)
    fill(store, "alpha", [0.5])
    return store


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def printed(*arguments: str) -> str:
    result = invoke(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def problem(*arguments: str) -> SuiteError:
    error = invoke(*arguments).exception
    assert isinstance(error, SuiteError)
    return error


@pytest.mark.usefixtures("varied")
def test_the_default_setting_is_shown_and_the_others_are_named() -> None:
    text = printed("board", "--task", VARIED)
    assert "precision=fine, amount=few" in text
    assert "beta" not in text
    assert "demo/varied has results in other settings: precision=coarse, amount=few; see --setting, --by" in text
    assert "other settings" not in printed("board", "--task", "demo/plain")
    assert "other settings" not in printed("board", "--task", VARIED, "--all-settings")


@pytest.mark.usefixtures("varied")
@pytest.mark.parametrize(
    ("options", "precisions"),
    [
        ((), ["fine"]),
        (("--setting", "precision=coarse"), ["coarse"]),
        (("--setting", "precision=coarse", "--setting", "precision=fine"), ["fine", "coarse"]),
        (("--all-settings",), ["fine", "coarse"]),
        (("--all-settings", "--setting", "precision=coarse"), ["coarse"]),
        (("--all-settings", "--setting", "amount=few"), ["fine", "coarse"]),
    ],
)
def test_settings_are_chosen(options: tuple[str, ...], precisions: list[str]) -> None:
    tables = json.loads(printed("board", "--task", "demo/*", "--format", "json", *options))["tables"]
    assert [table["setting"]["precision"] for table in tables if table["task"] == VARIED] == precisions


@pytest.mark.usefixtures("varied")
def test_what_is_not_there_is_said_with_what_to_type() -> None:
    error = problem("board", "--task", VARIED, "--setting", "precision=coarse4")
    assert (error.cause, error.next) == (
        "no results of demo/varied in this setting",
        "suite board --task demo/varied --all-settings",
    )
    assert "Did you mean 'precision'?" in problem("board", "-t", VARIED, "--setting", "precison=fine").cause
    assert "is not a value of precision" in problem("board", "-t", VARIED, "--setting", "precision=huge").cause
    assert "Did you mean 'precision'?" in problem("board", "-t", VARIED, "--by", "precison").cause
    assert "Did you mean 'demo/varied'" in problem("board", "-t", "demo/varid").cause


@pytest.mark.usefixtures("varied")
def test_methods_by_the_values_of_an_axis() -> None:
    text = printed("board", "--task", VARIED, "--by", "precision")
    lines = [line.split("  ") for line in text.splitlines() if line]
    assert lines[0] == [
        "demo/varied · amount=few · accuracy test (%, higher is better), "
        "rank (best–worst), = not told apart from the best by precision"
    ]
    cells = {line[0]: [cell.strip() for cell in line[1:] if cell.strip()] for line in lines[1:]}
    assert cells == {
        "method": ["fine", "coarse"],
        "alpha": ["90.40 ±1.42, 1", "70.40 ±1.42, 2"],
        "chance": ["10.40 ±1.42, reference", "–"],
        "beta": ["–", "80.60 ±1.88, 1"],
    }
    rows = json.loads(printed("board", "--task", VARIED, "--by", "precision", "--format", "json"))
    assert [row["method"] for row in rows] == ["alpha", "chance", "beta"]
    assert (rows[0]["coarse place"], rows[1]["coarse"]) == (2, None)
    table = list(csv.DictReader(io.StringIO(printed("board", "--by", "precision", "--format", "csv"))))
    assert float(table[2]["coarse"]) == pytest.approx(0.806)
    assert table[0]["task"] == VARIED


def test_tasks_that_are_not_installed_are_named(varied: Store) -> None:
    fill(varied, "alpha", [0.5, 0.6], task="demo/gone")
    assert "demo/gone is not installed, and its 2 runs are not shown; see: suite plugins" in printed("board")
    assert json.loads(printed("board", "--format", "json"))["not_installed"] == {"demo/gone": 2}


@pytest.mark.usefixtures("varied")
def test_one_header_stands_above_the_rows_of_several_tables() -> None:
    rows = list(csv.DictReader(io.StringIO(printed("board", "--all-settings", "--format", "csv"))))
    assert [(row["task"], row["method"]) for row in rows] == [
        ("demo/plain", "alpha"),
        (VARIED, "alpha"),
        (VARIED, "chance"),
        (VARIED, "beta"),
        (VARIED, "alpha"),
    ]
    assert (rows[0]["accuracy near"], rows[0]["accuracy test"]) == ("0.5", "")
    assert [(row["tied"], row["field"]) for row in rows[3:]] == [("True", "2"), ("False", "2")]


@pytest.mark.usefixtures("varied")
def test_rank_intervals_that_hold_for_all_rows_at_once() -> None:
    text = printed("board", "--task", VARIED, "--setting", "precision=coarse", "--everywhere")
    assert "(95 %, all rows at once)" in text
    assert "beta is the best, told apart from the other one" in text


@pytest.mark.usefixtures("varied")
def test_runs_have_a_column_for_the_setting_and_are_chosen_by_it() -> None:
    runs = json.loads(printed("board", "--runs", "--format", "json", "--setting", "precision=coarse"))
    assert {run["setting"] for run in runs} == {"precision=coarse, amount=few"}
    assert len(runs) == 10
    assert {run["setting"] for run in json.loads(printed("board", "--runs", "-f", "json", "-t", "demo/plain"))} == {""}


def test_runs_say_which_parameters_are_not_the_defaults(store: Store) -> None:
    fill(store, "alpha", [0.5])
    fill(store, "alpha", [0.6], parameters={"power": 3.0})
    runs = json.loads(printed("board", "--runs", "--format", "json"))
    assert sorted(run["parameters"] for run in runs) == ["", "power=3.0"]


def test_a_former_id_leads_to_todays_and_its_setting(store: Store) -> None:
    fill(store, "alpha", [0.5], task="demo/varied-coarse")
    fill(store, "beta", [0.6], task="demo/varied-coarse")
    for arguments in (("board", "--task", "demo/varied-coarse"), ("compare", "demo/varied-coarse", "alpha", "beta")):
        result = invoke(*arguments)
        assert result.exit_code == 0, result.output
        assert "demo/varied-coarse is now demo/varied --setting precision=coarse" in result.stderr
    assert "precision=coarse" in printed("board", "--task", "demo/varied-coarse")
    assert len(json.loads(printed("board", "--runs", "-t", VARIED, "-f", "json"))) == 2


@pytest.mark.usefixtures("varied")
def test_rows_are_compared_in_a_setting() -> None:
    (entry,) = json.loads(
        printed("compare", VARIED, "alpha", "beta", "--setting", "precision=coarse", "--format", "json")
    )
    assert (entry["column"], entry["difference"], entry["over"]) == ("accuracy test", -10.2, "5 seeds")
    error = problem("compare", VARIED, "alpha", "beta")
    assert error.next == "suite board --task demo/varied"
    error = problem("compare", VARIED, "alpha", "beta", "--setting", "amount=many")
    assert error.next == "suite run -t demo/varied --setting amount=many"


def marked(store: Store, method: str, right: int) -> str:
    """Record one seed of a method with a file of 200 marks, of which the first are right; return the file's sha256."""
    marks = (np.arange(200) < right).astype(float)
    table = pa.table({"subset": ["near"] * 200, "mark": marks})
    written = store.settings.home / "written.parquet"
    pq.write_table(table, written)
    samples = keep_samples(store.settings, written)
    scores = {("accuracy", "near"): right / 200, ("error", "near"): 1 - right / 200}
    store.run(method, 0, 0.0, scores=scores, samples=samples)
    return samples


def compared(store: Store) -> dict[str, dict[str, Any]]:
    """Return what the command says of two methods, whose board is there already."""
    load_board(store.settings, store.registry)
    entries = json.loads(printed("compare", "demo/plain", "alpha", "beta", "--format", "json"))
    return {entry["column"]: entry for entry in entries}


def test_each_sides_samples_are_read_once_and_name_their_basis(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [marked(store, "alpha", 150), marked(store, "beta", 130)]
    load_board(store.settings, store.registry)
    reads: list[Path] = []
    read_table = pq.read_table
    monkeypatch.setattr(pq, "read_table", lambda path, **how: reads.append(path) or read_table(path, **how))
    entries = compared(store)
    assert sorted(path.stem for path in reads if isinstance(path, Path)) == sorted(kept)
    accuracy, error = entries["accuracy near"], entries["error near"]
    assert accuracy["over"] == "paired, normal approximation over marks"
    assert error["over"] == "paired, 100 resamples of marks"
    assert (accuracy["difference"], error["difference"]) == (10, -10)
    assert accuracy["low"] < 10 < accuracy["high"]


@pytest.mark.parametrize("damage", ["gone", "damaged", "of other samples"])
def test_samples_that_are_not_at_hand_leave_the_difference(store: Store, damage: str) -> None:
    marked(store, "alpha", 150)
    path = samples_path(store.settings, marked(store, "beta", 130))
    if damage == "gone":
        path.unlink()
    elif damage == "damaged":
        path.write_bytes(path.read_bytes()[:100])
    else:
        pq.write_table(pq.read_table(path).slice(0, 100), path)
    entry = compared(store)["accuracy near"]
    assert (entry["difference"], entry["low"], entry["p"], entry["over"]) == (10, None, None, "")


def test_the_last_board_is_shown_with_its_age_while_somebody_holds_the_store(
    varied: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert artifact.PATIENCE <= 2
    monkeypatch.setattr(artifact, "PATIENCE", 0.2)
    before = printed("board", "--task", VARIED)
    varied.writer.close()
    with closing(sqlite3.connect(varied.settings.home / "suite.db")) as holder:
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        result = invoke("board", "--task", VARIED)
        compared = invoke("compare", VARIED, "alpha", "chance")
        assert "does not answer" in problem("show", "0").cause
        assert "does not answer" in problem("board", "--runs").cause
        assert time.monotonic() - began < 10  # far from the 30 s of commands that write
        holder.rollback()
    assert result.stdout == before
    assert re.search(r"the store does not answer: .*; this is the last board, made \d{4}-", result.stderr)
    assert compared.exit_code == 0
    shutil.rmtree(varied.settings.home / "board")
    with closing(sqlite3.connect(varied.settings.home / "suite.db")) as holder:
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        assert "the store does not answer" in problem("board").cause
        holder.rollback()


@pytest.mark.usefixtures("varied")
def test_what_is_misspelt_leads_on() -> None:
    assert "Did you mean 'alpha'?" in problem("compare", VARIED, "Alpha", "beta").cause
    alone = problem("compare", VARIED, "alpha")
    assert alone.next == f"suite compare {VARIED} alpha chance"
    track = problem("board", "--task", "demo")
    assert track.cause == "'demo' is a track. All of its tasks are 'demo/*'"
    axis = problem("board", "--task", "demo/plain", "--by", "precision")
    assert axis.cause.startswith("demo/plain has no axis 'precision'.")
    assert VARIED in axis.cause
    assert axis.next.endswith("--by precision")


@pytest.mark.usefixtures("varied")
def test_what_all_lines_of_a_comparison_say_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(width=80, color_system=None)
    monkeypatch.setattr("suite.cli.output.console", lambda: console)
    monkeypatch.setattr(console, "file", out := io.StringIO())
    text = printed("compare", VARIED, "alpha", "chance")
    heading = out.getvalue().splitlines()[0].split()
    assert heading == ["first", "second", "column", "better", "difference", "low", "high", "p"]
    assert "\nunit: %\nover: 5 seeds\n" in f"\n{text}"


@pytest.mark.usefixtures("varied")
def test_one_axis_cannot_be_both_fixed_and_spread() -> None:
    error = problem("board", "--task", VARIED, "--by", "precision", "--setting", "precision=coarse")
    assert (error.cause, error.next) == ("--by and --setting name the same axis", "suite board --by precision")

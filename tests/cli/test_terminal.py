"""The gate for text: whatever a plugin says drives no terminal, in any command and in any format."""

from __future__ import annotations

import ast
import csv
import io
import json
import unicodedata
from pathlib import Path

import pytest

import suite.cli
from suite.board.artifact import load_board
from suite.settings import load_settings
from suite.store.logs import Logs

from ..board.conftest import PLUGIN, Store, fill
from ..support.command import Suite

FOLDER = Path(suite.cli.__file__).parent
TITLE = "\x1b]0;owned\x07"
HOSTILE = f"{TITLE}\x1b[31mred\x1b[0m back\x08 \x9b1A \u202eturned\r=1+1"
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_one_place_prints(path: Path) -> None:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    printing = [ast.unparse(call) for call in calls if ast.unparse(call) in ("typer.echo", "print", "typer.secho")]
    assert path.stem == "output" or printing == []


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store in which facts and an error hold what a terminal would obey; returns the failed run."""
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    store = Store(load_settings().home)
    facts = {"model": "same", HOSTILE: HOSTILE}
    fill(store, "alpha", [0.8, 0.82, 0.81, 0.79, 0.83], facts=facts)
    run = store.run("delta", 0, None)
    with store.writer._engine.begin() as connection:
        about = {"error": HOSTILE, "traceback": f"Traceback\n  {HOSTILE}", "id": run}
        connection.exec_driver_sql("UPDATE run SET error = :error, traceback = :traceback WHERE id = :id", about)
    load_board(store.settings, store.registry)
    printed = store.settings.home / "output.txt"
    printed.write_text(f"printed {HOSTILE}\n")
    Logs(store.settings).keep(run, {"printed": printed})
    return run


def visible(text: str) -> None:
    assert [sign for sign in text if unicodedata.category(sign) in HIDDEN and sign != "\n"] == []


@pytest.mark.parametrize(
    "command",
    [
        ("board",),
        ("board", "--format", "json"),
        ("board", "--format", "csv"),
        ("board", "--runs"),
        ("board", "--runs", "--format", "json"),
        ("board", "--runs", "--format", "csv"),
        ("show", "RUN"),
        ("show", "RUN", "--format", "json"),
        ("show", "RUN", "--log"),
        ("show", "RUN", "--log", "--format", "json"),
    ],
    ids=" ".join,
)
def test_nothing_that_is_printed_drives_a_terminal(suite: Suite, hostile: str, command: tuple[str, ...]) -> None:
    text = suite.printed(*(hostile if part == "RUN" else part for part in command))
    visible(text.replace("\r\n", "\n"))
    assert "turned" in text or "csv" in command  # facts are no columns


@pytest.mark.parametrize("command", [("methods", "show", "noted"), ("tasks", "show", "demo/noted"), ("methods",)])
def test_what_a_card_or_a_task_says_drives_no_terminal(
    suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    plugin = tmp_path / "noted_plugin.py"
    plugin.write_text(f"{PLUGIN.read_text()}\nNOTE = {HOSTILE!r}\n{NOTED}")
    monkeypatch.setenv("SUITE_PLUGINS", str(plugin))
    for form in ("table", "json"):
        text = suite.printed(*command, "--format", form)
        visible(text)
        assert "noted" in text


def test_a_run_that_failed_names_its_log_which_shows_what_it_printed(suite: Suite, hostile: str) -> None:
    assert f"log: suite show {hostile} --log" in suite.printed("show", hostile)
    text = suite.printed("show", hostile, "--log")
    assert "printed red back" in text
    assert "Traceback" in text
    assert "\x1b[31mred" in suite.json("show", hostile, "--log")["log"], "JSON escapes it, and keeps it"


def test_a_run_without_a_log_says_so(suite: Suite, hostile: str) -> None:
    Logs(load_settings()).path(hostile).unlink()
    assert "nothing that it printed is kept here" in suite.printed("show", hostile, "--log")
    assert suite.json("show", hostile, "--log")["log"] is None


def test_json_keeps_what_the_plugin_said(suite: Suite, hostile: str) -> None:
    assert json.loads(suite.printed("show", hostile, "--format", "json"))["error"] == HOSTILE
    (table,) = json.loads(suite.printed("board", "--format", "json"))["tables"]
    assert table["facts"][HOSTILE] == HOSTILE


def test_no_heading_and_no_value_of_the_csv_is_a_formula(
    suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = tmp_path / "formula_plugin.py"
    plugin.write_text(PLUGIN.read_text() + FORMULA)
    monkeypatch.setenv("SUITE_PLUGINS", str(plugin))
    store = Store(load_settings().home)
    fill(store, "alpha", [0.8], task="demo/formula", facts={"=1+1": "\r=2+2", "@x": "plain"})
    fill(store, "delta", [0.9], task="demo/formula", facts={"=1+1": "-3", "@x": "plain"})
    first, second = csv.DictReader(io.StringIO(suite.printed("board", "--format", "csv")))
    assert (first["'=1+1"], second["'=1+1"], first["'@x"]) == ("'=2+2", "'-3", "plain")
    assert not [name for name in first if name.startswith(("=", "+", "-", "@"))]


NOTED = """

class Noted(Alpha):
    "What it does."

    name = "noted"
    card = Card(title="Noted", status="baseline", note=NOTE)
    formerly = {}


class NotedTask(Plain):
    id = "demo/noted"
    summary = NOTE
    formerly = {}


@hookimpl
def suite_register_methods(register):
    register(Noted)


@hookimpl
def suite_register_tasks(register):
    register(NotedTask)
"""
FORMULA = """

class Formula(Plain):
    id = "demo/formula"
    comparable_by = ("=1+1", "@x")
    formerly = {}


@hookimpl
def suite_register_tasks(register, _others=suite_register_tasks):
    _others(register)
    register(Formula)
"""

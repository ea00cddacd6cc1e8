"""Tables of the documentation are those of the board; what a marker says wrongly is told with its place."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from suite.board.board import Board
from suite.board.export import shown_value
from suite.board.files import read_index
from suite.board.ready import READY
from suite.board.shelf import Shelf
from suite.errors import SuiteError
from suite.reference.results.regions import refilled, unmarked

ROOT = Path(__file__).resolve().parents[3]
RESULTS = runpy.run_path(str(ROOT / "docs" / "results.py"))
EMPTY = "<!-- results\n{}\n-->\n<!-- /results -->\n"


@pytest.fixture(scope="module")
def board() -> Board:
    index = read_index(Shelf(READY))
    assert index is not None
    return Board(index, Shelf(READY))


def filled(board: Board, asked: str) -> list[list[str]]:
    """Return the cells of the table that a marker asks for, head first."""
    text, stale = refilled(EMPTY.format(asked), board, "page.md")
    assert len(stale) == 1
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in (lines[0], *lines[2:])]


@pytest.mark.slow
def test_the_documentation_says_what_the_board_does(capsys: pytest.CaptureFixture[str]) -> None:
    status = RESULTS["main"](["--check"])
    assert (status, capsys.readouterr().out) == (0, "")


def test_a_table_has_the_rows_of_the_board_in_its_order(board: Board) -> None:
    head, *lines = filled(
        board, "task: replay/hopfield\ncolumns: {rise: primary, isolated: energy_rise mixed/isolated}"
    )
    (table,) = board.of_task("replay/hopfield")
    assert head == ["rank", "method", "rise", "isolated"]
    assert [line[1].strip("`") for line in lines] == [row.label for row in table.rows]
    assert [line[0].split()[0] for line in lines] == [str(row.rank.place) for row in table.rows if row.rank]


def test_numbers_and_intervals_are_those_of_the_board(board: Board) -> None:
    _, line = filled(board, "task: replay/split-digits\nmethods: [mir]\ncolumns: {accuracy: primary}")
    (table,) = board.of_task("replay/split-digits")
    row = next(row for row in table.rows if row.label == "mir")
    mean, half = line[2].strip("*").split(" ±")
    exact, exact_half = map(float, shown_value(table.metric("accuracy"), row.value(table.primary)).split(" ±"))
    assert float(mean) == pytest.approx(exact, abs=0.051)
    assert float(half) == pytest.approx(exact_half, abs=0.051)
    assert line[2].startswith("**") == bool(row.rank and row.rank.tied)


def test_settings_stand_beside_or_below_each_other(board: Board) -> None:
    head, *beside = filled(board, "task: temperature/circle\nby: budget\nvalues: [t25, t400]")
    assert head == ["method", "t25, %", "t400, %"]
    _, *below = filled(board, "task: temperature/circle\nstack: budget\nvalues: [t25, t400]")
    assert [line[0] for line in below] == ["`t25`"] * len(beside) + ["`t400`"] * len(beside)
    apart = {(line[0].strip("`"), line[1]): first_number(line[2]) for line in below}
    for line in beside:
        assert first_number(line[1]) == pytest.approx(apart["t25", line[0]], abs=0.051)
        assert first_number(line[2]) == pytest.approx(apart["t400", line[0]], abs=0.051)


def first_number(cell: str) -> float:
    return float(cell.strip("*").split()[0])


def test_rows_may_be_parts_of_a_method_and_seeds_may_stand_alone(board: Board) -> None:
    asked = "task: memorization/mnist\nrows: {few: best-of-n | point 1, many: best-of-n | point 5}\nseeds: each\n"
    head, few, many = filled(board, asked + "columns: {memorized: memorized *, evaluations: network_evaluations *}")
    assert (head[0], few[0], many[0]) == ("", "few", "many")
    assert [len(cell.split(", ")) for cell in few[1:]] == [2, 2]
    assert float(few[2].split(", ")[0]) < float(many[2].split(", ")[0])


def test_differences_say_on_how_many_seeds_a_row_is_better(board: Board) -> None:
    head, *lines = filled(board, "task: replay/hopfield\nagainst: herding")
    cells = {line[1].strip("`"): line[-1] for line in lines}
    assert head[-1] == "less `herding`"
    assert cells.pop("herding") == "–"
    (table,) = board.of_task("replay/hopfield")
    runs = {row.label: {run.seed: run.value for run in row.runs} for row in table.rows}
    for label, cell in cells.items():
        lower = sum((value or 0) < (runs["herding"][seed] or 0) for seed, value in runs[label].items())
        assert cell.endswith(f", {lower} of {len(table.seeds)}"), "a smaller rise is better"


WRONG = {
    "task: ood/digit": ("no_line", "nothing is published of a task 'ood/digit'. Did you mean 'ood/digits'"),
    "task: ood/digits\nmethods: [enrgy]": (3, "no row 'enrgy'. Did you mean 'energy'"),
    "task: ood/digits\ncolumns: [auroc neat]": (3, "no column 'auroc neat'. Did you mean 'auroc near'"),
    "task: temperature/circle\nsetting: {budgt: t25}": (3, "no axis 'budgt'. Did you mean 'budget'"),
    "task: temperature/circle\nsetting: {budget: t1}": (3, "nothing is published of temperature/circle in the setting"),
    "task: temperature/circle\nby: budget\nvalues: [t1]": (
        3,
        "nothing is published of temperature/circle with budget=t1",
    ),
    "task: ood/digits\nagainst: enrgy": (3, "no row 'enrgy'"),
    "task: ood/cifar10\nagainst: energy": (3, "has one seed"),
    "task: ood/digits\ncolumn: auroc near": (5, "column: Extra inputs are not permitted"),
    "task: ood/digits\nby: a\nstack: b": (3, "by and stack name an axis each"),
    "task: [": (5, "it is not YAML"),
}


@pytest.mark.parametrize("asked", WRONG)
def test_what_a_marker_says_wrongly_is_told_with_file_and_line(asked: str, board: Board) -> None:
    line, cause = WRONG[asked]
    with pytest.raises(SuiteError) as told:
        refilled(f"# Page\n\n{EMPTY.format(asked)}", board, "docs/page.md")
    assert cause in told.value.cause
    assert told.value.place == f"docs/page.md:{3 if line == 'no_line' else line}"


def test_a_marker_without_an_end_is_told(board: Board) -> None:
    with pytest.raises(SuiteError, match="has no other end") as told:
        refilled("text\n<!-- results\ntask: ood/digits\n-->\n", board, "docs/page.md")
    assert told.value.place == "docs/page.md:2"


def test_the_example_of_contributing_can_be_filled(board: Board) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```text\n(<!-- results\n.*?)```", text, re.DOTALL)
    shown, stale = refilled(example, board, "CONTRIBUTING.md")
    assert len(stale) == 1
    assert "| less `random` |" in shown


def test_a_region_is_filled_once(board: Board) -> None:
    once, stale = refilled(EMPTY.format("task: replay/hopfield"), board, "page.md")
    assert [each.line for each in stale] == [1]
    assert refilled(once, board, "page.md") == (once, [])
    assert refilled(once.replace("herding", "hoarding"), board, "page.md")[0] == once


TABLE = "| method | accuracy |\n|---|---|\n| `mine` | 93.1 ±0.4 |\n"
MARKED = {
    "": False,
    "<!-- measured 2026-11-29: suite run -t ood/digits -m mine -->\n\n": True,
    "<!-- measured: suite run -t ood/digits -m mine -->\n\n": False,
    "<!-- measured 2026-11-29: suite run -t ood/digits -m mine -->\n\nSomething else.\n\n": False,
    "<!-- checked: tests/test_docs.py -->\n\n": True,
}


@pytest.mark.parametrize("marker", MARKED)
def test_a_table_of_results_needs_a_marker(marker: str) -> None:
    assert list(unmarked(f"Text.\n\n{marker}{TABLE}")) == ([] if MARKED[marker] else [3 + marker.count("\n")])


def test_tables_of_words_and_generated_ones_need_none(board: Board) -> None:
    assert list(unmarked("| axis | values |\n|---|---|\n| `level` | 95, at 1.5 times |\n")) == []
    assert list(unmarked(refilled(EMPTY.format("task: replay/hopfield"), board, "page.md")[0])) == []

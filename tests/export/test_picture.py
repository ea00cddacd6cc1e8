"""The picture of a row keeps within its frame, and its mark says whether the row is told apart from the best."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from suite.board.board import Board
from suite.export.picture import MARGIN, WIDTH, Scale, picture, scale

from .conftest import VARIED

NUMBER = st.floats(-1e6, 1e6)


@given(NUMBER, NUMBER, NUMBER)
def test_every_value_has_a_place_in_the_frame(a: float, b: float, value: float) -> None:
    assert MARGIN <= Scale(min(a, b), max(a, b)).at(value) <= WIDTH - MARGIN


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_larger_value_is_never_to_the_left(one: float, other: float) -> None:
    axis = Scale(0.0, 1.0)
    assert (axis.at(one) <= axis.at(other)) or one > other


def test_a_row_is_drawn_with_its_interval_and_its_seeds(board: Board) -> None:
    table = board.of_task(VARIED)[0]
    axis = scale(table)
    assert axis is not None
    first, last = table.rows[0], next(row for row in table.rows if row.name == "delta")
    drawn = {}
    for row in (first, last):
        value = row.value(table.primary)
        assert value is not None
        drawn[row.name] = picture(axis, row, value, tied=bool(row.rank and row.rank.tied), best=0.9)
        svg = ElementTree.fromstring(drawn[row.name])
        (ticks,) = [path.get("d", "") for path in svg.iter("path") if path.get("class") == "s"]
        assert ticks.count("M") == len(row.scored) == 5
        line = next(path.get("d", "") for path in svg.iter("path") if not path.get("class"))
        low, high = (float(end) for end in re.findall(r"[MH]([\d.]+)", line))
        mark = svg.find("circle")
        assert mark is not None
        assert low < float(mark.get("cx", "")) < high
    assert 'class="o"' not in drawn[first.name]  # full: not told apart from the best
    assert 'class="o"' in drawn["delta"]


def test_a_seed_of_value_zero_counts_in_the_scale(board: Board) -> None:
    table = board.of_task(VARIED)[0]
    row = table.rows[0]
    zero = row.model_copy(update={"runs": (row.runs[0].model_copy(update={"value": 0.0}), *row.runs[1:])})
    axis = scale(table.model_copy(update={"rows": (zero, *table.rows[1:])}))
    assert axis is not None
    assert axis.low <= 0.0

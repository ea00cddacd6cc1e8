"""The picture of a link has the size that readers expect, is the same each time, and takes any text."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from suite.board.answer import answers
from suite.board.board import Board
from suite.board.model import Table
from suite.export.preview import SIZE, TOP, preview

from .conftest import TURNED, VARIED


@pytest.fixture
def table(board: Board) -> Table:
    return board.of_task(VARIED)[0]


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def test_it_is_a_small_png_of_the_right_size_and_always_the_same(table: Table) -> None:
    content = preview(table, table.title, answers(table))
    assert opened(content).size == SIZE
    assert len(content) < 100_000
    assert content == preview(table, table.title, answers(table))


def test_it_shows_a_line_for_each_row_that_is_ranked(table: Table) -> None:
    def inked(rows: Table) -> int:
        picture = np.asarray(opened(preview(rows, "", [])))[TOP:]
        return int((picture != 255).any(axis=(1, 2)).sum())  # lines of pixels; the ground is white

    assert inked(table.model_copy(update={"rows": ()})) == 0
    assert 0 < inked(table.model_copy(update={"rows": table.rows[:1]})) < inked(table)


@pytest.mark.parametrize("title", ["", TURNED, "x" * 10_000, "word " * 2_000, "日本語 العربية 🙂", "\ud800"])
def test_any_text_is_drawn(table: Table, title: str) -> None:
    rows = tuple(row.model_copy(update={"name": title}) for row in table.rows)
    assert opened(preview(table.model_copy(update={"rows": rows}), title, [title])).size == SIZE

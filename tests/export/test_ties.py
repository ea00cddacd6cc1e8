"""The mark of a tie on the pages of the site: a best that is told apart from all others carries none."""

from __future__ import annotations

import pytest

from suite.board.matrix import matrix
from suite.board.ties import tied
from suite.export.matrix import matrix_content
from suite.export.methods import Methods, method_content
from suite.export.table import metrics_grid, table_grid

from ..leaderboard.conftest import board_with, place, row, table


@pytest.mark.parametrize("several", [True, False])
def test_a_sole_best_has_no_mark_and_a_shared_one_has(several: bool) -> None:
    rows = (row("alpha", 1, 0.9, rank=place(1)), row("beta", 2, 0.5, rank=place(2, tied=several)))
    made = table("demo/tiny", "a", rows=rows)
    (entry,) = board_with(made).entries
    assert tied(made) == tied(entry) == ({"alpha", "beta"} if several else set())
    methods = Methods()
    methods.add(entry, made)
    alpha = next(iter(methods))
    grids = (
        table_grid(made, made.rows, ""),
        metrics_grid(made, made.rows),
        matrix_content("", matrix([entry]), [entry])["grid"],
        method_content(alpha, alpha.rows)["grid"],
    )
    for grid in grids:
        marked = any(line.tied or any(cell.tied for cell in line.cells) for line in grid.lines)
        assert marked == several

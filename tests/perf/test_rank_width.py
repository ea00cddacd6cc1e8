"""How wide rank intervals are, beside those by paired t and Holm over all pairs: on the store in ``SUITE_TEST_STORE``.

SUITE_TEST_STORE=HOME pytest tests/perf/test_rank_width.py -s -n 0
"""

from __future__ import annotations

import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ttest_rel

from suite.board.artifact import load_board
from suite.board.model import Row
from suite.registry import load_registry
from suite.settings import load_settings
from suite.stats.paired import holm

HOME = Path(os.environ.get("SUITE_TEST_STORE", "/nowhere"))


@pytest.mark.skipif(not (HOME / "suite.db").is_file(), reason="SUITE_TEST_STORE names no folder with a store")
def test_rank_intervals_beside_holm_over_all_pairs() -> None:
    before: list[float] = []
    now: list[float] = []
    for table in load_board(load_settings(home=HOME), load_registry()).tables:
        for access, rows in table.fields.items():
            if not table.current or len(rows) < 3:
                continue
            old, new = _widths_by_holm(rows), [row.rank.worst - row.rank.best for row in rows if row.rank]
            before, now = [*before, *old], [*now, *new]
            tied = sum(row.rank.tied for row in rows if row.rank)
            which = " ".join([table.task, table.condition, *access])
            print(f"{which}: {len(rows)} rows, {table.comparison}, {tied} tied, {_change(old, new)}")
    print(f"all {len(now)} rows: {_change(before, now)}")


def _change(before: list[float], now: list[float]) -> str:
    return f"width {np.mean(before):.2f} -> {np.mean(now):.2f}, by {np.mean(now) / max(np.mean(before), 1e-9):.2f}"


def _widths_by_holm(rows: list[Row]) -> list[float]:
    values = [[run.value for run in row.scored][:5] for row in rows]  # as many seeds as there were at most before
    pairs = list(combinations(range(len(rows)), 2))
    p = np.array([ttest_rel(values[a], values[b]).pvalue for a, b in pairs])
    tested = ~np.isnan(p)  # differences without any spread were not
    apart = np.zeros(len(pairs), dtype=bool)
    apart[tested] = holm(p[tested]) < 0.05
    widths = [float(len(rows) - 1)] * len(rows)
    for (a, b), told in zip(pairs, apart, strict=True):
        widths[a] -= told
        widths[b] -= told
    return widths

"""How wide rank intervals are, beside what paired t and Holm over all pairs would give: on the store of ``SUITE_HOME``.

SUITE_HOME=... pytest tests/perf/test_rank_width.py -s -n 0
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import ttest_rel

from suite.board.artifact import load_board
from suite.board.model import Row
from suite.registry import load_registry
from suite.settings import load_settings
from suite.stats.paired import holm


def test_rank_intervals_beside_holm_over_all_pairs() -> None:
    settings = load_settings()
    if not (settings.home / "suite.db").is_file():
        pytest.skip(f"there is no store in {settings.home}: suite run makes one")
    before: list[float] = []
    now: list[float] = []
    for table in load_board(settings, load_registry(settings.plugins)).tables:
        for access, rows in table.fields.items():
            if not table.current or len(rows) < 3:
                continue
            old, new = _widths_by_holm(rows), [row.rank.worst - row.rank.best for row in rows if row.rank]
            tied = sum(row.rank.tied for row in rows if row.rank)
            before, now = [*before, *old], [*now, *new]
            print(
                f"{table.task} {table.condition} {' '.join(access)}: {len(rows)} rows, {table.comparison}, "
                f"{tied} tied, width {np.mean(old):.1f} -> {np.mean(new):.1f}, by {np.mean(new) / max(np.mean(old), 1e-9):.2f}"
            )
    print(f"all {len(now)} rows: {np.mean(before):.2f} -> {np.mean(now):.2f}, by {np.mean(now) / np.mean(before):.2f}")


def _widths_by_holm(rows: list[Row]) -> list[int]:
    values = [[run.value for run in row.scored][:5] for row in rows]  # as many seeds as there were at most before
    pairs = list(combinations(range(len(rows)), 2))
    p = np.array([ttest_rel(values[a], values[b]).pvalue for a, b in pairs])
    tested = ~np.isnan(p)  # differences without any spread were not
    apart = np.zeros(len(pairs), dtype=bool)
    apart[tested] = np.array(holm(p[tested].tolist())) < 0.05
    widths = [len(rows) - 1] * len(rows)
    for (a, b), told in zip(pairs, apart, strict=True):
        widths[a] -= told
        widths[b] -= told
    return widths

"""What comparisons rest on can be had from the table alone."""

from __future__ import annotations

import numpy as np
import pytest

from suite.board.evidence import packed, table_field, unpacked
from suite.board.model import Table

from .conftest import Store, fill
from .test_build import sampled


def test_a_matrix_survives_being_packed() -> None:
    matrix = np.array([[0.0, 1.5, np.nan], [1.5, 0.0, 2e-7], [np.nan, 2e-7, 0.0]])
    lower = packed(matrix)
    assert lower == (1.5, None, 2e-7)
    np.testing.assert_array_equal(unpacked(lower, 3), matrix)
    assert packed(None) is None
    assert unpacked(None, 3) is None


def test_the_table_gives_its_field_again(store: Store) -> None:
    fill(store, "alpha", [0.80, 0.82, 0.81, 0.79, 0.83])
    fill(store, "beta", [0.90, 0.92, 0.91, 0.89, 0.935])
    fill(store, "chance", [0.5, 0.5, 0.51, 0.52, 0.5])
    fill(store, "gamma", [0.7])
    (table,) = store.tables()
    rows, field = table_field(Table.model_validate_json(table.model_dump_json()))
    assert [row.label for row in rows] == ["beta", "alpha", "chance"]
    assert field is not None
    assert field.means.tolist() == pytest.approx([np.mean([run.value for run in row.scored]) for row in rows])
    assert field.basis == table.comparison == "5 seeds"


def test_samples_of_one_seed_are_kept_in_the_table(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.task("demo/plain"), "seeds", (0,))
    rng = np.random.default_rng(0)
    marks = rng.random((3, 400)) < np.array([0.9, 0.7, 0.5])[:, None]
    for method, row in zip(("alpha", "beta", "delta"), marks, strict=True):
        sampled(store, method, row)
    (table,) = store.tables()
    assert table.predicted is not None
    assert len(table.predicted) == 3
    _, field = table_field(table)
    assert field is not None
    first, second = marks[0].astype(float), marks[1].astype(float)
    assert field.variances[0, 1] == pytest.approx(np.var(first - second, ddof=1) / 400, rel=1e-5)
    assert [row.rank.tied for row in table.rows if row.rank] == [True, False, False]


def test_a_table_without_ranked_rows_has_no_field(store: Store) -> None:
    fill(store, "chance", [0.5, 0.6])
    (table,) = store.tables()
    assert table_field(table) == ([], None)

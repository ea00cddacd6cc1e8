"""Rows are grouped by the facts that their task names, and by no others."""

from __future__ import annotations

import csv
import io

import pytest

from suite.board.comparable import groups
from suite.board.export import flat_rows, to_csv
from suite.board.model import Table

from .conftest import Store, fill


@pytest.fixture
def table(store: Store, monkeypatch: pytest.MonkeyPatch) -> Table:
    """Two rows alike, one with other scales, one that states none, and one that failed."""
    monkeypatch.setattr(store.task("demo/plain"), "comparable_by", ("weight scales", "bits", "trained on"))
    for method, mean, facts in (
        ("alpha", 0.9, {"weight scales": "per-channel", "audit": "sound"}),
        ("beta", 0.8, {"weight scales": "per-tensor"}),
        ("gamma", 0.7, {"weight scales": "per-channel", "audit": "unsound"}),
        ("delta", 0.6, {}),
    ):
        fill(store, method, [mean] * 5, facts={**facts, "bits": "4", "trained on": "nothing"})
    store.run("trained", 0, None)
    (only,) = store.tables()
    return only


def test_rows_that_share_the_named_facts_form_a_group(table: Table) -> None:
    assert [(group.title, [row.name for row in group.rows], group.known) for group in groups(table)] == [
        ("weight scales per-channel", ["alpha", "gamma"], True),
        ("weight scales per-tensor", ["beta"], True),
        ("weight scales not stated", ["delta"], False),
    ]


def test_a_table_whose_rows_share_the_named_facts_has_no_groups(table: Table) -> None:
    assert groups(table.model_copy(update={"comparable_by": ("bits", "trained on")})) == []
    assert groups(table.model_copy(update={"comparable_by": ()})) == []
    assert groups(table.model_copy(update={"comparable_by": ("nowhere stated",)})) == []


def test_every_fact_in_which_rows_differ_is_in_the_title(table: Table) -> None:
    rows = tuple(row.model_copy(update={"facts": {**row.facts, "bits": row.name}}) for row in table.rows)
    facts = {name: statement for name, statement in table.facts.items() if name != "bits"}
    found = groups(table.model_copy(update={"rows": rows, "facts": facts}))
    assert [group.title for group in found][:2] == [
        "weight scales per-channel, bits alpha",
        "weight scales per-tensor, bits beta",
    ]


def test_the_csv_holds_the_named_facts_of_every_row(table: Table) -> None:
    rows = {row["method"]: row for row in csv.DictReader(io.StringIO(to_csv(flat_rows(table))))}
    assert [rows[name]["weight scales"] for name in ("alpha", "beta", "delta")] == ["per-channel", "per-tensor", ""]
    assert {row["bits"] for row in rows.values()} == {"4"}
    assert "audit" not in rows["alpha"]

"""The terminal's table: which columns it has room for, and which costs."""

from __future__ import annotations

import csv
import io

import pytest
from rich.console import Console

from suite.board.export import flat_rows, to_csv
from suite.board.model import Axis, Difference, Row, Table, Value
from suite.cli.tables import print_table
from suite.contracts import Column, Metric

SHIFTS = [f"csid/shift-{number}" for number in range(19)]
SETS = ["near/one", "near/two", "far/one", "far/two", "far/three", "far/four"]
GROUPS = [f"group-{number}" for number in range(4)]
PARTS = [f"{group}/{part}" for group in GROUPS for part in "abcd"]


def table(*subsets: str, cost: dict[str, float] | None = None) -> Table:
    metrics = tuple(
        Metric(name=name, direction="higher", unit="fraction", definition="Share that is right.")
        for name in ("auroc", "fpr95")
    )
    values = tuple(
        Value(metric=metric.name, subset=subset, mean=0.5, low=None, high=None, basis="", n=1, partial=False)
        for metric in metrics
        for subset in subsets
    )
    row = Row(
        method="demo/alpha",
        name="alpha",
        version="1",
        parameters={},
        changed={},
        chosen={},
        card=None,
        access=(),
        standing="ranked",
        place=1,
        best=1,
        worst=1,
        unranked="",
        seeds=(0,),
        failed={},
        values=values,
        points=(),
        cost=cost or {},
        facts={},
        runs=(),
    )
    return Table(
        task="demo/tiny",
        setting={},
        axes=(),
        version="1",
        track="demo",
        tier="embedded",
        title="Tiny",
        summary="Tiny.",
        protocol="p" * 64,
        current=True,
        primary=Column(metric="auroc", subset=subsets[0]),
        metrics=metrics,
        subsets=subsets,
        missing=(),
        seeds=(0,),
        ingredients={},
        facts={},
        comparable_by=(),
        comparison="none",
        rows=(row, row.model_copy(update={"name": "beta", "cost": {}})),
    )


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that has room for every column in one line."""
    monkeypatch.setattr("suite.cli.tables.console", lambda: Console(width=4000))


def printed(capsys: pytest.CaptureFixture[str], shown: Table, *, full: bool = False) -> tuple[list[str], str]:
    """Return the headings of the columns, and all that was printed."""
    print_table(shown, full=full)
    text = capsys.readouterr().out
    return [heading.strip() for heading in text.splitlines()[2].split("  ") if heading], text


def columns(subsets: list[str], metric: str = "auroc") -> list[str]:
    return [f"{metric} {subset} (%)" for subset in subsets]


def test_few_parts_of_groups_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    subsets = ["near", "far", *SETS]
    headings, text = printed(capsys, table(*subsets))
    assert headings == ["rank", "method", "status", *columns(subsets), "seeds"]
    assert "left out" not in text


def test_many_parts_are_left_out_where_a_column_of_the_group_stands(capsys: pytest.CaptureFixture[str]) -> None:
    subsets = ["mean", *GROUPS, *PARTS]
    headings, text = printed(capsys, table(*subsets))
    assert headings == ["rank", "method", "status", *columns(["mean", *GROUPS]), "seeds"]
    assert "16 columns of parts of groups are left out: suite board --full" in text

    headings, text = printed(capsys, table(*subsets), full=True)
    assert set(headings) >= {*columns(subsets), *columns(subsets, "fpr95")}
    assert "left out" not in text


def test_many_subsets_of_no_group_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    subsets = ["near", "far", *SETS, *SHIFTS]
    headings, _ = printed(capsys, table(*subsets))
    assert set(headings) >= set(columns(subsets))


def test_costs_are_those_that_the_task_states(capsys: pytest.CaptureFixture[str]) -> None:
    cost = {"partition_seconds": 1.5, "gpu_energy_joules": 7.0, "wall_seconds": 9.0, "peak_memory_bytes": 2.0}
    shown = table("mean", cost=cost)
    headings, text = printed(capsys, shown)
    assert headings[-3:] == ["gpu energy joules", "partition s", "seeds"]
    first, second = (line.split() for line in text.splitlines()[3:5])
    assert first[-3:-1] == ["7.000", "1.500"]
    assert second[-3:-1] == ["–", "–"]
    rows = list(csv.DictReader(io.StringIO(to_csv(flat_rows(shown)))))
    assert list(rows[0])[-4:] == ["gpu_energy_joules", "partition_seconds", "wall_seconds", "unranked"]
    assert (rows[0]["partition_seconds"], rows[1]["partition_seconds"]) == ("1.5", "")


DIFFERENCE = Difference(mean=-0.05, low=-0.07, high=-0.03, p=0.001, basis="t over seeds")


def test_references_are_marked_and_shown_with_their_difference(capsys: pytest.CaptureFixture[str]) -> None:
    shown = table("mean")
    best, other = shown.rows
    reference = {"name": "chance", "standing": "reference", "place": None, "difference": DIFFERENCE}
    lost = {"name": "lost", "standing": "not installed", "place": None, "unranked": "its method is not installed"}
    rows = (best, *(other.model_copy(update=changes) for changes in (reference, lost)))
    headings, text = printed(capsys, shown.model_copy(update={"rows": rows}))
    assert headings == ["rank", "method", "status", "auroc mean (%)", "difference (%)", "seeds"]
    lines = [line.split() for line in text.splitlines()[3:6]]
    assert lines[0][:2] == ["1", "alpha"]
    assert lines[1] == ["reference", "chance", "?", "50.00", "-5.00", "±2.00", "1/1"]
    assert lines[2][:2] == ["–", "lost"]
    assert "references take no place" in text
    assert "chance is not ranked" not in text
    assert "lost is not ranked: its method is not installed" in text
    first, second, _ = csv.DictReader(io.StringIO(to_csv(flat_rows(shown.model_copy(update={"rows": rows})))))
    assert (first["standing"], first["difference"], second["standing"]) == ("ranked", "", "reference")
    parts = [float(second[name]) for name in ("difference", "difference low", "difference high", "difference p")]
    assert parts == [-0.05, -0.07, -0.03, 0.001]


def test_access_has_a_column_where_rows_differ(capsys: pytest.CaptureFixture[str]) -> None:
    shown = table("mean")
    alpha, beta = shown.rows
    rows = (alpha, beta.model_copy(update={"access": ("labels", "training data")}))
    headings, text = printed(capsys, shown.model_copy(update={"rows": rows}))
    assert headings[:3] == ["rank", "access", "method"]
    assert "labels, training data" in text
    assert "access: methods that need a privilege are ranked apart" in text
    rows = tuple(row.model_copy(update={"access": ("labels",)}) for row in shown.rows)
    assert printed(capsys, shown.model_copy(update={"rows": rows}))[0][:2] == ["rank", "method"]


def test_the_setting_is_in_the_title_and_the_csv(capsys: pytest.CaptureFixture[str]) -> None:
    axes = (Axis(name="precision", values=("fine", "coarse"), about=""),)
    shown = table("mean").model_copy(update={"setting": {"precision": "coarse"}, "axes": axes})
    assert printed(capsys, shown)[1].splitlines()[1].startswith("demo/tiny 1 · precision=coarse · Tiny")
    assert next(csv.DictReader(io.StringIO(to_csv(flat_rows(shown)))))["setting"] == "precision=coarse"


def test_comparable_rows_are_named_by_what_they_share(capsys: pytest.CaptureFixture[str]) -> None:
    shown = table("mean").model_copy(update={"comparable_by": ("weight scales", "trained on")})
    _, text = printed(capsys, shown)
    assert "comparable" not in text
    alpha, beta = shown.rows
    channel = {"weight scales": "per-channel", "trained on": "labels", "audit": "unsound"}
    rows = (
        alpha.model_copy(update={"facts": channel}),
        beta.model_copy(update={"facts": {**channel, "weight scales": "per-tensor"}}),
        beta.model_copy(update={"name": "gamma", "facts": channel}),
        beta.model_copy(update={"name": "delta"}),
    )
    _, text = printed(capsys, shown.model_copy(update={"rows": rows, "facts": {"reference model": "tiny"}}))
    assert text.splitlines()[-4:] == [
        "comparable (weight scales per-channel, trained on labels): alpha, gamma",
        "comparable (weight scales per-tensor, trained on labels): beta",
        "not known to be comparable (weight scales not stated, trained on not stated): delta",
        "reference model: tiny",
    ]
    assert "unsound" not in text

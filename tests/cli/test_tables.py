"""The terminal's table: which columns it has room for, and which costs."""

from __future__ import annotations

import csv
import io
import re

import pytest
from rich.console import Console

from suite.board.export import flat_rows, to_csv
from suite.board.model import Axis, Difference, Place, Row, Table, Value
from suite.cli.tables import print_head, print_table
from suite.contracts import Column, Metric

SHIFTS = [f"csid/shift-{number}" for number in range(19)]
SETS = ["near/one", "near/two", "far/one", "far/two", "far/three", "far/four"]
GROUPS = [f"group-{number}" for number in range(4)]
PARTS = [f"{group}/{part}" for group in GROUPS for part in "abcd"]


PLACE = Place(place=1, best=1, worst=2, everywhere=(1, 2), tied=True, difference=None)


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
        rank=PLACE,
        unranked="",
        seeds=(0,),
        failed={},
        values=values,
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
        comparison="5 seeds",
        ended=None,
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
    headings = text.splitlines()[heading_line(text)]
    return [heading.strip() for heading in headings.split("  ") if heading], text


def body(text: str) -> list[list[str]]:
    """Return the words of each row of the table."""
    lines = text.splitlines()
    return [line.split() for line in lines[heading_line(text) + 1 :]]


def heading_line(text: str) -> int:
    """Return the number of the line of the headings, or of the last of their lines."""
    return next(number for number, line in enumerate(text.splitlines()) if re.match(r"rank +(access +)?method\b", line))


def columns(subsets: list[str], metric: str = "auroc") -> list[str]:
    return [f"{metric} {subset} (%)" for subset in subsets]


def test_few_parts_of_groups_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    subsets = ["near", "far", *SETS]
    headings, text = printed(capsys, table(*subsets))
    assert headings == ["rank", "method", *columns(subsets)]
    assert "left out" not in text


def test_many_parts_are_left_out_where_a_column_of_the_group_stands(capsys: pytest.CaptureFixture[str]) -> None:
    subsets = ["mean", *GROUPS, *PARTS]
    headings, text = printed(capsys, table(*subsets))
    assert headings == ["rank", "method", *columns(["mean", *GROUPS])]
    assert "16 more columns, as auroc group-0/a: suite board --full" in text

    headings, text = printed(capsys, table(*subsets), full=True)
    assert set(headings) >= {*columns(subsets), *columns(subsets, "fpr95")}
    assert "more columns" not in text


def test_many_subsets_of_no_group_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    subsets = ["near", "far", *SETS, *SHIFTS]
    headings, _ = printed(capsys, table(*subsets))
    assert set(headings) >= set(columns(subsets))


def test_costs_are_those_that_the_task_states(capsys: pytest.CaptureFixture[str]) -> None:
    cost = {"partition_seconds": 1.5, "gpu_energy_joules": 7.0, "wall_seconds": 9.0, "peak_memory_bytes": 2.0}
    shown = table("mean", cost=cost)
    headings, text = printed(capsys, shown)
    assert headings[-2:] == ["gpu energy joules", "partition s"]
    first, second = body(text)[:2]
    assert first[-2:] == ["7", "1.5"]
    assert second[-2:] == ["–", "–"]
    rows = list(csv.DictReader(io.StringIO(to_csv(flat_rows(shown)))))
    assert list(rows[0])[-4:] == ["gpu_energy_joules", "partition_seconds", "wall_seconds", "unranked"]
    assert (rows[0]["partition_seconds"], rows[1]["partition_seconds"]) == ("1.5", "")


DIFFERENCE = Difference(mean=-0.05, low=-0.07, high=-0.03, p=0.001, basis="5 seeds")


def test_small_costs_are_not_zero(capsys: pytest.CaptureFixture[str]) -> None:
    _, text = printed(capsys, table("mean", cost={"fit_seconds": 0.000412, "score_seconds": 1234.5}))
    assert body(text)[0][-2:] == ["0.000412", "1,234"]


def test_references_are_marked_and_shown_with_their_difference(capsys: pytest.CaptureFixture[str]) -> None:
    shown = table("mean")
    best, other = shown.rows
    reference = {"name": "chance", "standing": "reference", "rank": None, "aside": DIFFERENCE}
    lost = {"name": "lost", "standing": "not installed", "rank": None, "unranked": "its method is not installed"}
    rows = (best, *(other.model_copy(update=changes) for changes in (reference, lost)))
    headings, text = printed(capsys, shown.model_copy(update={"rows": rows}))
    assert headings == ["rank", "method", "auroc mean (%)", "to the best (%)"]
    lines = body(text)[:3]
    assert lines[0][:4] == ["1", "(1–2)", "alpha", "50.00"]
    assert lines[1] == ["reference", "chance", "50.00", "-5.00", "[-7.00,", "-3.00]"]
    assert lines[2][:2] == ["–", "lost"]
    assert "references: take no place" in text
    assert "chance is not ranked" not in text
    assert "lost is not ranked: its method is not installed" in text
    assert "alpha is the only ranked method" in text
    first, second, _ = csv.DictReader(io.StringIO(to_csv(flat_rows(shown.model_copy(update={"rows": rows})))))
    assert (first["standing"], first["difference"], second["standing"]) == ("ranked", "", "reference")
    assert (first["tied"], first["field"], second["tied"], second["field"]) == ("True", "1", "", "")
    assert second["difference basis"] == "5 seeds"
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


def ranked(*places: tuple[int, int, int, bool], **changes: object) -> Table:
    """Return a table of rows with these places, rank intervals, and whether each is tied with the best."""
    shown = table("mean")
    rows = tuple(
        shown.rows[0].model_copy(
            update={
                "name": f"method-{number}",
                "rank": Place(
                    place=place,
                    best=best,
                    worst=worst,
                    everywhere=(1, len(places)),
                    tied=tied,
                    difference=DIFFERENCE.model_copy(update={"mean": -0.01 * number, "low": -0.05, "high": 0.0}),
                ),
                **changes,
            }
        )
        for number, (place, best, worst, tied) in enumerate(places)
    )
    return shown.model_copy(update={"rows": rows})


THREE = ((1, 1, 2, True), (2, 1, 2, True), (3, 3, 3, False))


def test_the_answer_stands_above_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    headings, text = printed(capsys, ranked(*THREE))
    assert text.splitlines()[2] == "2 of 3 are not told apart from the best: method-0, method-1"
    assert headings == ["rank", "method", "auroc mean (%)", "to the best (%)"]
    assert [line[:3] for line in body(text)[:3]] == [
        ["1", "(1–2)", "="],
        ["2", "(1–2)", "="],
        ["3", "method-2", "50.00"],
    ]
    assert body(text)[2][-4:] == ["-2.00", "[-5.00,", "<", "0]"]
    assert "=: not told apart from the best" in text


def test_a_best_that_is_told_apart_from_all_others_bears_no_mark(capsys: pytest.CaptureFixture[str]) -> None:
    shown = ranked((1, 1, 1, True), (2, 2, 3, False), (3, 2, 3, False))
    print_table(shown)
    print_head(shown)
    text = capsys.readouterr().out
    assert "method-0 is the best, told apart from all 2 others" in text
    assert len(re.findall(r"^ *1 +method-0 ", text, re.MULTILINE)) == 2  # in the table, and in its head
    assert [line[:3] for line in body(text)[:2]] == [["1", "method-0", "50.00"], ["2", "(2–3)", "method-1"]]
    assert [row["tied"] for row in flat_rows(shown)] == [True, False, False]


def test_rows_that_are_not_ranked_are_grouped_by_their_reason(capsys: pytest.CaptureFixture[str]) -> None:
    shown = ranked(*THREE)
    waiting = [
        shown.rows[0].model_copy(update={"name": f"late-{number}", "rank": None, "unranked": "seeds 0–4 are not done"})
        for number in range(34)
    ]
    lost = shown.rows[0].model_copy(update={"name": "lost", "rank": None, "unranked": "seed 1 failed"})
    shown = shown.model_copy(update={"rows": (*shown.rows, *waiting, lost)})
    _, text = printed(capsys, shown)
    first = ", ".join(f"late-{number}" for number in range(6))
    assert f"34 rows are not ranked, seeds 0–4 are not done: {first} and 28 more\n" in text
    assert "lost is not ranked: seed 1 failed\n" in text
    _, text = printed(capsys, shown, full=True)
    assert re.search(r"34 rows are not ranked, .*, late-33\n", text)


@pytest.mark.parametrize("unranked", [True, False])
def test_no_long_name_takes_the_room_of_the_difference(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, unranked: bool
) -> None:
    monkeypatch.setattr("suite.cli.tables.console", lambda: Console(width=80, force_terminal=True, color_system=None))
    shown, name = ranked(*THREE), "somebody-of-elsewhere/a-method-of-a-long-name"
    changes = {"name": name} | ({"rank": None, "unranked": "seed 0 failed"} if unranked else {})
    shown = shown.model_copy(update={"rows": (*shown.rows[:2], shown.rows[2].model_copy(update=changes))})
    print_table(shown)
    text = capsys.readouterr().out
    lines = text.splitlines()[heading_line(text) :]
    assert "[-5.00, < 0]" in lines[1]
    assert max(map(len, lines[:6])) <= 80
    column = lines[0].index("method")
    folded = [line[column:].split("  ")[0].strip() for line in lines[3:7]]
    assert "".join(folded).startswith(name)


def test_each_access_has_its_answer(capsys: pytest.CaptureFixture[str]) -> None:
    first = ranked(*THREE)
    second = ranked((1, 1, 1, True), (2, 2, 2, False), access=("labels",))
    _, text = printed(capsys, first.model_copy(update={"rows": (*first.rows, *second.rows)}))
    assert text.splitlines()[2:4] == [
        "without privileges: 2 of 3 are not told apart from the best: method-0, method-1",
        "with labels: method-0 is the best, told apart from the other one",
    ]


def test_intervals_that_hold_everywhere_are_shown_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(ranked(*THREE), everywhere=True)
    text = capsys.readouterr().out
    assert body(text)[2][:2] == ["3", "(1–3)"]
    assert "(95 %, all rows at once)" in text


def test_columns_that_say_nothing_fold_into_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    headings, text = printed(capsys, ranked(*THREE))
    assert "the same in every row: access none, status ?, seeds 1/1, version 1" in text
    shown = ranked(*THREE)
    rows = (shown.rows[0].model_copy(update={"version": "2", "failed": {"timeout": 1}}), *shown.rows[1:])
    headings, text = printed(capsys, shown.model_copy(update={"rows": rows}))
    assert headings[-2:] == ["seeds", "version"]
    assert "the same in every row: access none, status ?" in text


@pytest.mark.parametrize("width", [50, 60, 80, 140])
def test_a_narrow_terminal_leaves_out_columns_and_names_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(
        "suite.cli.tables.console", lambda: Console(width=width, force_terminal=True, color_system=None)
    )
    print_table(table("near", "far", *SETS, cost={"fit_seconds": 0.5, "score_seconds": 0.25}))
    text = capsys.readouterr().out
    lines = text.splitlines()
    start = heading_line(text)
    assert max(map(len, lines[start : start + 3])) <= width
    assert "50.00" in lines[start + 1]  # the primary metric and whose it is are never left out
    assert "alpha" in lines[start + 1]
    assert ("no room for" in text) == (width < 140)
    if width < 140:
        assert re.search(r"no room for: .*auroc far/four \(%\)", text)

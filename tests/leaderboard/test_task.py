"""The task page."""

from __future__ import annotations

from .conftest import BOARD, DIRECTIVE, IMG, Open, assert_sound, texts, varied


def test_task_in_the_address(page: Open) -> None:
    app = page("task", id="demo/wide")
    assert_sound(app)
    assert app.title[0].value == r"Title of demo\/wide"
    assert list(app.table[0].value.index) == ["accuracy", "delay"]
    assert list(app.table[0].value["better"]) == ["higher", "lower"]


def test_tables_of_every_protocol_and_missing_data(page: Open) -> None:
    app = page("task", id="demo/tiny")
    tables, data = app.dataframe[0].value, app.dataframe[1].value
    assert list(tables["state"]) == ["current", "earlier, not comparable"]
    assert list(tables["ranked"]) == [5, 5]
    assert list(data["sha256"]) == ["a" * 64, "missing"]
    assert r"near\/two" in app.warning[0].value


def test_axes_and_the_setting_of_every_table(page: Open) -> None:
    app = page("task", board=varied(), id="demo/varied")
    assert_sound(app)
    said = texts(app)
    assert r"**Axis precision:** fine (default), coarse, coarser. How finely numbers are kept\." in said
    assert IMG not in said
    tables = app.dataframe[0].value
    assert list(tables["setting"]) == [
        "precision=fine, sort=few",
        f"precision=fine, sort={IMG}",
        "precision=coarse, sort=few",
    ]
    assert "setting.precision=coarse&setting.sort=few" in tables["table"].iloc[2]


def test_task_without_results_says_how_to_get_some(page: Open) -> None:
    app = page("task", id="ood/digits")
    assert_sound(app)
    assert app.code[0].value == "suite run --task ood/digits"


def test_payload_in_the_summary_is_shown_as_text(page: Open) -> None:
    said = texts(page("task", id="demo/tiny"))
    assert IMG not in said
    assert DIRECTIVE not in said


def test_facts_that_comparable_rows_share_are_named(page: Open) -> None:
    assert "rows that share" not in texts(page("task", id="demo/tiny"))
    tables = (BOARD.tables[0].model_copy(update={"comparable_by": ("weight scales", IMG)}),)
    said = texts(page("task", board=BOARD.model_copy(update={"tables": tables}), id="demo/tiny"))
    assert "**Comparable** are rows that share: weight scales, " in said
    assert IMG not in said

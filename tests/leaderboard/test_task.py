"""The page of a task."""

from __future__ import annotations

from .conftest import DIRECTIVE, IMG, Open, assert_sound, board_with, grids, table, texts, varied, words


def test_task_in_the_address(page: Open) -> None:
    app = page("task", id="demo/wide")
    assert_sound(app)
    said = words(app)
    assert "Title of demo/wide" in said
    assert "alpha , accuracy, near ↑ 90.00 %, ≈ 2 of 5 are not told apart from the best" in said
    assert app.code[0].value == "suite run --task demo/wide"
    assert "accuracy accuracy@1 Share of samples that are right. Higher is better; shown in %; without bounds." in said
    assert app.session_state["title"] == "Title of demo/wide"


def test_a_task_that_is_not_there_and_none_at_all(page: Open) -> None:
    said = words(page("task", id="demo/wild"))
    assert "There is no task “demo/wild” here." in said
    assert said.index("demo/wide") < said.index("basins/d50")  # what is most like it comes first
    assert "The address names no task." in words(page("task"))


def test_tables_of_every_protocol_and_missing_data(page: Open) -> None:
    app = page("task", id="demo/tiny")
    [tables] = grids(app)
    assert tables.column("Protocol") == ["current", "earlier, not comparable"]
    assert tables.cells("Setting")[1].links == ["board?track=demo&task=demo%2Ftiny&protocol=bbbbbbbbbbbb"]
    said = words(app)
    assert "Missing data: near/two" in said
    assert f"data/one {'a' * 64}" in said
    assert "data/two missing" in said


def test_axes_and_the_setting_of_every_table(page: Open) -> None:
    app = page("task", board=varied(), id="demo/varied")
    assert_sound(app)
    said = words(app)
    assert "Axis precision fine (default), coarse, coarser. How finely numbers are kept." in said
    [tables] = grids(app)
    assert tables.column("Setting") == [
        "precision fine, sort few",
        f"precision fine, sort {IMG}",
        "precision coarse, sort few",
    ]
    assert "setting.precision=coarse&setting.sort=few" in tables.cells("Setting")[2].links[0]


def test_task_without_results_says_how_to_get_some(page: Open) -> None:
    app = page("task", id="ood/digits")
    assert_sound(app)
    assert "No results yet: run it" in words(app)
    assert app.code[0].value == "suite run --task ood/digits"


def test_texts_of_plugins_are_shown_as_text_and_backticks_as_code(page: Open) -> None:
    summary = f"Run `online` a <= b -> c, see http://example.org and {IMG} {DIRECTIVE}"
    app = page("task", id="demo/tiny", board=board_with(table("demo/tiny", "a", summary=summary)))
    said = texts(app)
    assert "<code>online</code> a &lt;= b -&gt; c, see http://example.org and &lt;img" in said
    assert "<img" not in said
    assert DIRECTIVE in words(app)


def test_facts_that_comparable_rows_share_are_named(page: Open) -> None:
    assert "rows that share" not in words(page("task", id="demo/tiny"))
    board = board_with(table("demo/tiny", "a", comparable_by=("weight scales", IMG)))
    app = page("task", board=board, id="demo/tiny")
    assert f"Comparable are rows that share weight scales, {IMG}" in words(app)
    assert "<img" not in texts(app)

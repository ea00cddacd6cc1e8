"""The method page."""

from __future__ import annotations

import pyarrow as pa
import pytest

from suite.contracts import Column
from suite.leaderboard.components.panels import by_metric

from .conftest import (
    ACCURACY,
    BOARD,
    DELAY,
    DIRECTIVE,
    IMG,
    PAYLOADS,
    Open,
    Store,
    assert_sound,
    board_with,
    charts,
    grids,
    opened,
    place,
    row,
    specifications,
    table,
    texts,
    varied,
    words,
)


def test_card_of_the_method_in_the_address(page: Open) -> None:
    app = page("method", method="demo/alpha")
    assert_sound(app)
    said = words(app)
    assert "Alpha method demo/alpha" in said
    assert "Ada Author" in said
    assert "On alpha (2020)" in said
    assert 'href="https://a.org/1"' in texts(app)
    assert "not installed here" in said


def test_reconstruction_is_said_prominently(page: Open) -> None:
    app = page("method", method="demo/beta")
    assert '<p class="note">Reconstruction: no formula.</p>' in texts(app)


def test_rows_on_every_task_and_seeds_link_to_runs(page: Open) -> None:
    app = page("method", method="demo/alpha")
    assert_sound(app)
    rows, before = grids(app)
    assert rows.column("Rank") == ["≈ 1"] * 3
    assert [cell.small for cell in rows.cells("Rank")] == ["1–2"] * 3
    assert rows.cells("Task")[0].links[0].startswith("board?track=demo&task=demo%2Ftiny")
    assert [link[:8] for link in rows.cells("Seeds")[0].links] == ["run?run="] * 2
    assert before.column("Protocol") == ["b" * 12]
    assert "not comparable" in before.caption


def test_its_standing_in_the_track_is_said(page: Open) -> None:
    said = words(page("method", method="demo/beta"))
    assert "beta (temperature=2) has a place on 2 of 2 tables, and is first on 0." in said
    assert "On the 2 common tables, among 5 methods, its mean rank is 2.00." in said
    assert 'href="compare?track=demo&amp;methods=beta+%28temperature%3D2%29"' in texts(
        page("method", method="demo/beta")
    )


def test_firsts_are_counted_over_all_tables_and_a_mean_rank_names_its_own(page: Open) -> None:
    """Only the second method is on the third table: the mean rank is over two, the firsts over three."""
    alone = table("demo/more", "e", rows=(row("alpha", 1, 0.9),))
    both = (row("alpha", 1, 0.9), row("beta", 2, 0.8))
    board = board_with(table("demo/tiny", "a", rows=both), table("demo/wide", "c", rows=both), alone)
    said = words(page("method", board=board, method="demo/alpha"))
    assert "alpha has a place on 3 of 3 tables, and is first on 3." in said
    assert "On the 2 common tables, among 2 methods, its mean rank is 1.00." in said


def test_a_best_that_is_told_apart_has_no_mark_of_a_tie(page: Open) -> None:
    rows = (row("alpha", 1, 0.9, rank=place(1, worst=1)), row("beta", 2, 0.5, rank=place(2, worst=2, tied=False)))
    board = board_with(table("demo/tiny", "a", rows=rows))
    for app in (page("method", board=board, method="demo/alpha"), page(board=board), page("matrix", board=board)):
        assert_sound(app)
        assert not [
            cell for grid in grids(app) for line in grid.rows for cell in line if "≈" in f"{cell.words}{cell.small}"
        ]
        assert "tied" not in grids(app)[0].kinds
    described = [spec["description"].split(". ≈")[0] for spec in specifications(page(board=board))]
    assert not any("≈" in text for text in described)


def test_unlike_metrics_never_share_a_chart(page: Open) -> None:
    slow = table("demo/slow", "e", primary=Column(metric="delay", subset="near"), rows=(row("alpha", 1, 0.5),))
    assert slow.primary.metric == DELAY.name
    app = page("method", board=board_with(table("demo/tiny", "a"), table("demo/wide", "c"), slow), method="demo/alpha")
    assert_sound(app)
    said = [spec["description"] for spec in specifications(app)]
    assert [text.split(":")[0] for text in said] == [
        "accuracy, near, higher is better",
        "delay, near, lower is better",
    ]
    assert "Title of demo/tiny alpha 90.00; Title of demo/wide alpha 90.00" in said[0]
    groups = by_metric([(each, each.rows[0]) for each in (table("demo/tiny", "a"), slow, table("demo/wide", "b"))])
    assert [key[0] for key in groups] == [ACCURACY.name, DELAY.name]


def test_variants_stand_side_by_side(page: Open) -> None:
    variants = (row("alpha", 1, 0.9), row("alpha", 2, 0.8, changed={"k": 3}))
    app = page("method", board=board_with(table("demo/tiny", "a", rows=variants)), method="demo/alpha")
    assert_sound(app)
    assert grids(app)[0].column("Method and parameters") == ["alpha", "alpha (k=3)"]
    assert "alpha (k=3) 80.00" in specifications(app)[0]["description"]
    assert specifications(app)[0]["layer"][0]["encoding"]["yOffset"]["field"] == "variant"


def test_a_method_is_drawn_along_each_axis_on_which_it_has_several_values(page: Open) -> None:
    app = page("method", board=varied(), method="demo/alpha")
    assert_sound(app)
    assert "Title of demo/varied by precision (sort=few)" in words(app)
    assert "Title of demo/varied by sort (precision=fine)" in words(app)
    along = next(number for number, spec in enumerate(specifications(app)) if "by precision" in spec["description"])
    assert "accuracy, near (%), higher is better, by precision" in specifications(app)[along]["description"]
    (data,) = charts(app)[along].datasets
    points = pa.ipc.open_stream(data.data.data).read_pandas()
    assert list(zip(points["at"], points["mean"], strict=True)) == [("fine", 90.0), ("coarse", 60.0)]
    assert grids(app)[0].cells("Task")[0].small == "precision=fine, sort=few"
    assert IMG not in texts(app)


def test_installed_method_shows_its_parameters_and_how_to_run_it(page: Open) -> None:
    app = page("method", method="ood/knn")
    assert_sound(app)
    assert "suite run --method knn" in app.code[0].value
    assert "k" in grids(app)[0].column("Parameter")
    assert "suite.plugins.ood.knn" in words(app)


def test_payload_names_are_shown_as_text(page: Open) -> None:
    for payload in PAYLOADS:
        app = page("method", method=f"demo/{payload}")
        assert_sound(app)
        assert IMG not in texts(app)
        assert not [text.value for text in app.markdown if DIRECTIVE in text.value]
        assert "not installed here" in words(app)


@pytest.mark.parametrize("parameters", [{}, {"method": "demo/nobody"}])
def test_a_method_that_is_not_there_is_said(page: Open, parameters: dict[str, str]) -> None:
    app = page("method", **parameters)
    assert_sound(app)
    assert "Not found" in words(app)
    assert "demo/alpha" in words(app)


def test_its_rows_can_be_made_again_and_cited(page: Open, store: Store) -> None:
    for seed in range(2):
        store.run("alpha", seed, 0.5)
        store.run("alpha", seed, 0.5, task="demo/varied")
    app = opened(page("method", board=store.board(), method="demo/alpha"), "method.again", "method.sharing")
    assert_sound(app)
    codes = [code.value for code in app.code]
    assert "suite run --task demo/plain --method alpha --seed 0 --seed 1" in codes[0]
    assert "suite run --task demo/varied --method alpha --seed 0 --seed 1" in codes[0]
    assert any("@misc{basin-suite-board-" in code for code in codes)


def test_its_paper_can_be_cited(page: Open) -> None:
    cited = opened(page("method", method="demo/alpha"), "method.sharing")
    assert any("@misc{author-2020-alpha," in code.value for code in cited.code)


def test_runs_that_are_gone_from_the_store_are_said(page: Open, store: Store) -> None:
    app = opened(page("method", board=BOARD, method="demo/alpha"), "method.again")
    assert_sound(app)
    assert "no longer in the store" in texts(app)

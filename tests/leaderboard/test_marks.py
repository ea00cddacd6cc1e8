"""Marks on the pages: whose a row is, the state of its submission, what came of running it again."""

from __future__ import annotations

from suite.board.board import Board
from suite.board.model import Again, Elsewhere, Origin

from .conftest import IMG, Open, assert_sound, board_with, bodies, grids, query, row, table, words

PUBLISHED = Origin(
    kind="published", name="theirs", by=IMG, ended="2026-01-02", machine="Abacus 9", state="disputed", seeds=(0, 1),
    state_by="Grace", state_time="2026-02-03T00:00:00", reason="another split",
)  # fmt: skip
OWN = Origin(kind="own", ended="2026-01-02", seeds=(0, 1))
AGAIN = Again(
    verdict="equal", reason="26 scores", difference=0.0, by="Grace", made="2026-03-04T00:00:00", machine="Abacus 10",
    seeds=2, proves=True,
)  # fmt: skip


def marked() -> Board:
    """Return a board with an own, a published and a foreign row."""
    rows = (
        row("alpha", 1, 0.9, origins=(PUBLISHED,), isolation="split", again=AGAIN),
        row("beta", 2, 0.8, origins=(OWN,), isolation="fast path",
            elsewhere=(Elsewhere(name="theirs", by="Ada", seeds=(0,), difference=0.125),)),
        row("gamma", 3, 0.7, origins=(PUBLISHED.model_copy(update={"state": "validated"}),), isolation="not split",
            again=AGAIN.model_copy(update={"proves": False})),
    )  # fmt: skip
    return board_with(table("demo/tiny", "a", rows=rows))


def test_a_table_of_the_store_alone_has_no_marks(page: Open) -> None:
    assert not {"Runs", "Run again"} & set(grids(page())[0].titles)


def test_marks_stand_in_the_table_and_below_it(page: Open) -> None:
    app = page(board=marked())
    assert_sound(app)
    grid = grids(app)[0]
    source, again = grid.cells("Runs"), grid.cells("Run again")
    assert [cell.words for cell in source] == ["published", "own", "published"]
    assert [cell.small.strip() for cell in source] == ["✘ disputed", "", "◌ validated"]
    assert [cell.words.strip() for cell in again] == ["✔ equal", "–", "–"]
    assert [cell.small.strip() for cell in again] == ["split", "fast path", "not split"]
    said = words(app)
    assert f"published in theirs by {IMG}, until 2026-01-02, on Abacus 9 (disputed by Grace" in said
    assert "theirs by Ada, seed 0: differs by 12.5 %" in said
    assert IMG not in "".join(bodies(app))


def test_the_filter_is_in_the_address_and_changes_no_rank(page: Open) -> None:
    app = page(board=marked(), source="published")
    grid = grids(app)[0]
    assert [text.strip("≈ ") for text in grid.column("Rank")] == ["1", "3"]
    assert query(app)["source"] == ["published"]
    assert "1 rows are hidden" in words(app)
    app.selectbox(key="board.source").set_value("own").run()
    assert query(app)["source"] == ["own"]
    assert len(grids(app)[0].column("Rank")) == 1
    assert "Not found" in words(page(board=marked(), source="stolen"))


def test_the_page_of_a_method_tells_all_of_it(page: Open) -> None:
    app = page("method", board=marked(), method="demo/alpha")
    assert_sound(app)
    said = words(app)
    assert "equal, run again by Grace on 2026-03-04, on Abacus 10 (26 scores)" in said
    assert "the method ran in a process apart from labels and scores" in said
    said = words(page("method", board=marked(), method="demo/gamma"))
    assert "no badge, as its method was not kept apart from labels and scores" in said

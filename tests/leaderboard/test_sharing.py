"""What can be copied of a page; it is made only when somebody opens the box."""

from __future__ import annotations

import pytest

from suite.leaderboard.components.citation import of_table, of_task

from .conftest import BOARD, IMG, Open, assert_sound, bodies, opened, varied


def test_a_table_is_cited_with_the_board_and_copied_twice() -> None:
    texts = {title: make() for title, make in of_table(BOARD.table(BOARD.entries[0]), BOARD).items()}
    cited, drawn, typeset = texts.values()
    assert "@misc{basin-suite-demo-tiny-2026-01-02," in cited
    assert "@misc{basin-suite-board-2026-01-02," in cited
    assert "| 1 (1–2) = | alpha |" in drawn
    assert r"\begin{tabular}" in typeset
    assert IMG not in drawn


def test_a_task_is_cited_with_the_board() -> None:
    (cited,) = (make() for make in of_task("demo/tiny", "Tiny", "1", BOARD).values())
    assert "@misc{basin-suite-demo-tiny," in cited
    assert "@misc{basin-suite-board-2026-01-02," in cited


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("board", {"task": "demo/tiny"}, "The table as LaTeX"),
        ("task", {"id": "demo/tiny"}, "Cite this task and the board"),
        ("method", {"method": "demo/alpha"}, "Cite the paper"),
        ("matrix", {"track": "demo"}, "Cite the board"),
        ("cost", {"task": "demo/tiny"}, "The table as Markdown"),
        ("compare", {"track": "demo"}, ""),
    ],
)
def test_every_page_says_its_address_and_how_to_cite_it(
    page: Open, name: str, parameters: dict[str, str], said: str
) -> None:
    closed = page(name, **parameters)
    assert_sound(closed)
    assert not [code for code in closed.code if "@misc" in code.value]
    if said:
        shown = opened(closed, f"{name}.sharing")
        assert_sound(shown)
        assert said in [body.removeprefix("<h3>").removesuffix("</h3>") for body in bodies(shown)]
        ends = [f"={value.replace('/', '%2F')}" for value in parameters.values()]
        assert any(end in code.value for code in shown.code for end in ends)


def test_choices_are_in_the_address_that_is_copied(page: Open) -> None:
    shown = opened(page("cost", board=varied(), task="demo/varied", **{"setting.precision": "coarse"}), "cost.sharing")
    assert "setting.precision=coarse" in shown.code[0].value

"""Quality against cost."""

from __future__ import annotations

from suite.board.cost import Cost
from suite.leaderboard.components.front import scale

from .conftest import (
    DELAY,
    IMG,
    Open,
    assert_sound,
    board_with,
    grids,
    query,
    row,
    specifications,
    table,
    texts,
    varied,
    words,
)


def paid(name: str, place: int | None, mean: float, seconds: float, **changes: object):
    return row(name, place, mean, cost={"fit_seconds": seconds, "wall_seconds": 2 * seconds}, **changes)


BOARD = board_with(
    table(
        "demo/tiny",
        "a",
        rows=(
            paid("dear", 1, 0.9, 9.0),
            paid("cheap", 2, 0.8, 0.001),
            paid("beaten", 3, 0.5, 1.0),
            paid(IMG, 4, 0.4, 2.0),
            paid("bound", None, 0.99, 0.0001, standing="reference"),
            row("free", 5, 0.3, cost={}),
        ),
    )
)


def test_the_front_is_named_drawn_and_leads_to_methods(page: Open) -> None:
    app = page("cost", board=BOARD, task="demo/tiny")
    assert_sound(app)
    front = "on the front, from the cheapest to the most expensive: cheap (1 ms, 80.00 %), dear (9 s, 90.00 %)."
    assert f"2 of 4 methods are {front}" in words(app)
    (points,) = grids(app)
    assert points.column("Front") == ["on it", "on it", "reference", "–", "–"]
    assert points.column("Method")[:3] == ["cheap", "dear", "bound"]
    assert points.column("fit ↓")[:2] == ["1 ms", "9 s"]
    assert "1 rows lack one of the two" in points.caption
    spec = specifications(app)[0]
    assert spec["layer"][0]["encoding"]["x"]["scale"]["type"] == "log"
    assert "On the front: cheap (1 ms), dear (9 s)" in spec["description"]
    assert any(layer["encoding"].get("href", {}).get("field") == "address" for layer in spec["layer"])


def test_cost_and_quality_are_in_the_address(page: Open) -> None:
    app = page("cost", board=BOARD, task="demo/tiny", cost="wall_seconds")
    assert grids(app)[0].column("wall clock ↓")[:2] == ["2 ms", "18 s"]
    assert query(app)["cost"] == ["wall_seconds"]
    assert query(app)["quality"] == ["accuracy near"]
    by_delay = page("cost", board=BOARD, task="demo/tiny", cost="delay near")  # a metric that counts seconds
    assert_sound(by_delay)
    assert "delay, near ↓" in grids(by_delay)[0].titles
    assert DELAY.unit == "s"
    for wrong in ({"cost": "nothing"}, {"quality": "nothing"}, {"task": "demo/nothing"}):
        assert "Not found" in words(page("cost", board=BOARD, **{"task": "demo/tiny", **wrong}))


def test_a_dial_is_drawn_as_a_curve_with_its_hypervolume(page: Open) -> None:
    dial = [
        paid("dial", place, mean, seconds, parameters={"k": k}, changed={"k": k})
        for place, (k, mean, seconds) in enumerate(((1, 0.5, 1.0), (2, 0.7, 2.0), (4, 0.9, 4.0)), 1)
    ]
    app = page("cost", board=board_with(table("demo/tiny", "a", rows=tuple(dial))), task="demo/tiny")
    assert_sound(app)
    curves = grids(app)[1]
    assert curves.column("Dial") == ["k"]
    assert curves.column("Values") == ["1, 2, 4"]
    assert 0 < float(curves.column("Hypervolume")[0]) <= 1
    dashed = [layer for layer in specifications(app)[0]["layer"] if layer["mark"].get("strokeDash")]
    assert len(dashed) == 1


def test_settings_of_a_task_are_chosen(page: Open) -> None:
    app = page("cost", board=varied(), task="demo/varied", **{"setting.precision": "coarse"})
    assert_sound(app)
    assert "Title of demo/varied (precision=coarse, sort=few): quality against cost" in words(app)


def test_each_access_can_be_seen_by_itself(page: Open) -> None:
    rows = (paid("plain", 1, 0.5, 1.0), paid("given", 1, 0.9, 0.5, access=("labels",)))
    board = board_with(table("demo/tiny", "a", rows=rows))
    assert "given" in words(page("cost", board=board, task="demo/tiny"))
    alone = page("cost", board=board, task="demo/tiny", access="none")
    assert_sound(alone)
    assert "The rows of this table differ in no cost" in words(alone)


def test_names_of_plugins_are_text(page: Open) -> None:
    app = page("cost", board=BOARD, task="demo/tiny")
    assert IMG not in texts(app)
    assert "&lt;img src=x" in texts(app)


def test_nothing_to_weigh_is_said(page: Open) -> None:
    same = board_with(table("demo/tiny", "a", rows=(row("alpha", 1, 0.9, cost={}),)))
    app = page("cost", board=same, task="demo/tiny")
    assert_sound(app)
    assert "differ in no cost" in words(app)
    assert page("cost", board=board_with()).code[0].value == "suite run"


def test_the_unit_of_an_axis_suits_its_largest_value() -> None:
    assert scale(Cost("a", "a", "s"), 0.002) == (1e3, "ms")
    assert scale(Cost("a", "a", "bytes"), 5 * 2.0**20) == (2.0**-20, "MiB")
    factor, unit = scale(Cost("a", "a", "MB"), 5.0)
    assert (round(factor, 4), unit) == (0.9537, "MiB")
    assert scale(Cost("a", "a", "steps"), 5.0) == (1.0, "steps")


def test_paler_marks_are_explained_and_names_stand_towards_the_middle(page: Open) -> None:
    rows = (row("cheap", 1, 0.5), row("dear", 2, 0.9), row("chance", None, 0.4, standing="reference"))
    app = page("cost", board=board_with(table("demo/tiny", "a", rows=rows)))
    assert_sound(app)
    assert "Paler marks: references" in words(app)
    (chart,) = specifications(app)
    sides = {layer["mark"]["align"]: layer["mark"]["dx"] for layer in chart["layer"] if layer["mark"]["type"] == "text"}
    assert sides == {"left": 8, "right": -8}
    assert "Paler" not in words(page("cost", board=board_with(table("demo/tiny", "a", rows=rows[:2]))))

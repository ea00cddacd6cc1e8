"""Quality against cost: who is on the front, and which methods are a curve."""

from __future__ import annotations

from typing import Any

import pytest

from suite.board.cost import Cost
from suite.board.model import Row
from suite.board.tradeoff import tradeoff
from suite.contracts import Column

from .test_markup import row, table

TIME = Cost("fit_seconds", "fit", "s")
NEAR = Column(metric="auroc", subset="near")


def costing(name: str, mean: float, seconds: float | None, **about: Any) -> Row:
    return row(name, 1, mean, cost={} if seconds is None else {"fit_seconds": seconds}, **about)


def names(*rows: Row) -> list[str]:
    return [point.row.label for point in tradeoff(table(*rows), NEAR, TIME).front]


def test_the_front_is_from_cheap_to_dear_and_leaves_out_what_is_beaten() -> None:
    rows = (costing("dear", 0.9, 9), costing("cheap", 0.6, 1), costing("beaten", 0.5, 2), costing("free", 0.1, None))
    assert names(*rows) == ["cheap", "dear"]
    made = tradeoff(table(*rows), NEAR, TIME)
    assert [point.row.label for point in made.points] == ["dear", "cheap", "beaten"]


def test_references_and_unfinished_rows_are_points_off_the_front() -> None:
    reference = costing("bound", 0.99, 0.1, standing="reference", rank=None)
    unfinished = costing("half", 0.98, 0.1, unranked="seeds 1 are not done", rank=None)
    assert names(costing("ranked", 0.5, 5), reference, unfinished) == ["ranked"]
    assert len(tradeoff(table(costing("ranked", 0.5, 5), reference), NEAR, TIME).points) == 2


def test_partial_means_are_off_the_front_where_complete_ones_are() -> None:
    whole = costing("whole", 0.5, 5)
    values = tuple(value.model_copy(update={"partial": True}) for value in costing("x", 0.9, 1).values)
    partial = costing("partial", 0.9, 1, values=values)
    assert names(whole, partial) == ["whole"]
    assert names(partial) == ["partial"]


def test_lower_is_better_where_the_metric_says_so() -> None:
    metric = table().metrics[0].model_copy(update={"direction": "lower"})
    made = tradeoff(table(costing("a", 0.9, 9), costing("b", 0.1, 1), metrics=(metric,)), NEAR, TIME)
    assert [point.row.label for point in made.front] == ["b"]


@pytest.mark.parametrize(
    ("costs", "logarithmic"), [((1, 5), False), ((1, 50), True), ((0, 1, 50), True), ((0, 0), False), ((), False)]
)
def test_the_scale_is_logarithmic_over_more_than_a_decade(costs: tuple[float, ...], logarithmic: bool) -> None:
    rows = [costing(f"m{i}", 0.5, cost) for i, cost in enumerate(costs)]
    floor = tradeoff(table(*rows or [costing("none", 0.5, None)]), NEAR, TIME).floor
    assert floor == (pytest.approx(1 / 3) if logarithmic else None)


def dial(value: float, mean: float, seconds: float, **more: Any) -> Row:
    return costing("dial", mean, seconds, parameters={"k": value, "other": 1, **more}, changed={"k": value})


def test_a_method_with_three_values_of_one_parameter_is_a_curve() -> None:
    rows = [dial(10, 0.9, 4), dial(1, 0.5, 1), dial(2, 0.7, 2)]
    (curve,) = tradeoff(table(*rows, costing("else", 0.5, 5)), NEAR, TIME).curves
    assert (curve.name, curve.parameter) == ("dial", "k")
    assert [point.row.parameters["k"] for point in curve.points] == [1, 2, 10]
    assert curve.volume == pytest.approx((1 * 0.2 + 2 * 0.2 + 1 * 0) / (4 * 0.4) + (1 * 0.2) / (4 * 0.4))


def test_two_values_or_two_parameters_are_no_curve() -> None:
    assert tradeoff(table(dial(1, 0.5, 1), dial(2, 0.6, 2)), NEAR, TIME).curves == ()
    varied = (dial(1, 0.5, 1), dial(2, 0.6, 2), dial(2, 0.7, 3, other=3))
    assert tradeoff(table(*varied), NEAR, TIME).curves == ()
    bare = costing("dial", 0.6, 2, parameters={"other": 1})
    assert tradeoff(table(dial(1, 0.5, 1), bare, dial(3, 0.7, 3)), NEAR, TIME).curves == ()


def test_nothing_known_is_nothing_drawn() -> None:
    made = tradeoff(table(costing("a", 0.5, None)), NEAR, TIME)
    assert (made.points, made.curves, made.front) == ((), (), [])

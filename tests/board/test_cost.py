"""Costs of a table: stated, measured, and metrics that count a resource."""

from __future__ import annotations

from suite.board.cost import costs
from suite.board.model import Value
from suite.contracts import Column, Metric

from .test_markup import row, table


def value(metric: str, mean: float) -> Value:
    return Value(metric=metric, subset="near", mean=mean, low=None, high=None, basis="", n=1, partial=False)


METRICS = (
    Metric(name="auroc", direction="higher", unit="fraction", definition="The area under the curve."),
    Metric(name="weight_bits", direction="lower", unit="bits", definition="Mean bits of a weight."),
    Metric(name="entropy", direction="higher", unit="bits", definition="How many bits the classes have."),
    Metric(name="fit_seconds", direction="lower", unit="s", definition="The same as the cost of its name."),
    Metric(name="errors", direction="lower", unit="errors", definition="How many errors there were."),
)


def test_costs_are_stated_measured_and_counted() -> None:
    rows = [
        row(
            name,
            place,
            mean,
            cost={"fit_seconds": mean, "wall_seconds": 2 * mean, "peak_memory_bytes": 2.0**20, "same": 3.0},
            values=(value("auroc", mean), *(value(metric.name, 10 * mean) for metric in METRICS[1:])),
        )
        for name, place, mean in (("a", 1, 0.9), ("b", 2, 0.5))
    ]
    known = costs(table(*rows, metrics=METRICS))
    assert [cost.name for cost in known] == ["fit_seconds", "wall_seconds", "weight_bits near"]
    assert [cost.title for cost in known] == ["fit", "wall clock", "weight bits, near"]
    assert [cost.of(rows[0]) for cost in known] == [0.9, 1.8, 9.0]
    assert [cost.shown(0.5) for cost in known] == ["500 ms", "500 ms", "0.5 bits"]
    assert known[2].column == Column(metric="weight_bits", subset="near")
    assert known[0].of(row("c", 3, 0.1)) is None
    assert known[2].of(row("c", 3, 0.1)) is None


def test_rows_that_cost_the_same_have_nothing_to_choose() -> None:
    assert costs(table()) == []

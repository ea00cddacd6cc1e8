"""Numbers of a column have the decimals that their intervals say something about."""

from __future__ import annotations

import pytest

from suite.board.model import Difference
from suite.contracts import Metric
from suite.reference.results.numbers import Number, shown, signed


def metric(unit: str, low: float | None = None, high: float | None = None) -> Metric:
    return Metric(name="one", direction="higher", unit=unit, bounds=(low, high), definition="what is measured here")


SHARE, INDEX, NATS = metric("fraction", 0, 1), metric("index", -1, 1), metric("nats")
COLUMNS = [
    (SHARE, [Number(0.9213, 0.028), Number(0.15, 0.0761)], ["92.1 ±2.8", "15.0 ±7.6"]),
    (SHARE, [Number(0.5, 0.12)], ["50.0 ±12.0"]),
    (SHARE, [Number(0.99981, 0.00004)], ["99.98 ±0.00"]),
    (SHARE, [Number(1.0), Number(0.0)], ["100.0", "0.0"]),
    (INDEX, [Number(-0.0001, 0.02), Number(0.5)], ["0.000", "0.500"]),
    (INDEX, [Number(0.25)], ["0.25"]),
    (NATS, [Number(1200.0), Number(12.0)], ["1,200", "12"]),
    (NATS, [Number(37.0), Number(37.72), Number(4.0)], ["37.0", "37.7", "4.0"]),
    (NATS, [Number(570.0, 120.0)], ["570 ±120"]),
    (metric("fraction"), [Number(5.3e-8, 1e-9), Number(4.3e-3, 3e-6)], ["5.3e-06 ±1e-07", "0.43 ±0.0003"]),
    (metric("fraction"), [Number(-0.09, 0.007), Number(0.000004, 0.005)], ["-9.00 ±0.70", "0.00 ±0.50"]),
    (NATS, [Number(5.3e-8, 1e-9), Number(4.3e-3, 3e-6)], ["5.3e-08 ±1e-09", "0.0043 ±3e-06"]),
]


@pytest.mark.parametrize(("of", "column", "texts"), COLUMNS)
def test_a_column_is_written_alike(of: Metric, column: list[Number], texts: list[str]) -> None:
    write = shown(of, column)
    assert [write(number).partition(" ±0.020")[0] for number in column] == texts


@pytest.mark.parametrize(
    ("mean", "low", "high", "p", "text"),
    [
        (-0.0321, -0.038, -0.024, 0.001, "-3.21 (-3.80 to -2.40)"),
        (0.01, -0.05, 0.07, 0.5, "+1.0 (-5.0 to +7.0)"),
        (-0.01, -0.02, 0.0, 0.04, "-1.0 (-2.0 to < 0)"),
        (0.0, 0.0, 0.0, None, "0"),
        (0.25, None, None, None, "25"),
    ],
)
def test_a_difference_has_its_sign_and_two_digits_of_its_interval(
    mean: float, low: float | None, high: float | None, p: float | None, text: str
) -> None:
    assert signed(SHARE, Difference(mean=mean, low=low, high=high, p=p, basis="")) == text

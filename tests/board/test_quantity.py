"""Quantities as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.board.quantity import memory, quantity, seconds

SIZES = {"µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "B": 1.0, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (3600.0, "bytes", "3.52 KiB"),
        (512, "bytes", "512 B"),
        (1.5, "MB", "1.43 MiB"),
        (0.0000021, "s", "2.1 µs"),
        (0.34, "s", "340 ms"),
        (12.345, "s", "12.3 s"),
        (600, "s", "10 min"),
        (9000, "s", "2.5 h"),
        (0, "s", "0 s"),
        (0.0009999, "s", "1,000 µs"),
        (12800.0, "samples", "12,800 samples"),
        (123456.7, "steps", "123,457 steps"),
        (4.125, "bits", "4.125 bits"),
        (7, "", "7"),
    ],
)
def test_units_suit_the_size(value: float, unit: str, shown: str) -> None:
    assert quantity(value, unit) == shown


@given(st.floats(1e-6, 1e9))
def test_what_is_read_is_what_was_measured(value: float) -> None:
    for shown in (seconds(value), *([memory(value)] if value >= 1 else [])):
        number, unit = shown.split()
        assert math.isclose(float(number.replace(",", "")) * SIZES[unit], value, rel_tol=6e-3)

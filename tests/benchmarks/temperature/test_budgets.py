"""The drawing of shares by budget: its numbers are those of the page, and the order turns as the page says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from suite.contracts import Resources
from suite.registry import load_registry

from .budgets import DRAWING, shares

PAGE = (DRAWING.parent / "temperature.md").read_text()
ROW = re.compile(
    r"^\| `([a-z-]+)(?: \(factor=(.+)\))?`(?:, reference)? \| .+? \| ([\d.]+) \| .+? \| ([\d.]+) \|", re.MULTILINE
)
"""Method, factor, and the exact shares in per cent of the budgets 25 and 100, where they have no spread."""
REGISTRY = load_registry()


def method(name: str, factor: str = "") -> Any:
    return REGISTRY.methods[f"temperature/{name}"](**({"factor": float(factor)} if factor else {}))


@pytest.mark.parametrize("task", ["circle", "sphere"])
def test_exact_shares_are_those_of_the_page(task: str, resources: Resources) -> None:
    table = PAGE.partition(f"task: temperature/{task}\nby: budget")[2].partition("<!-- /results -->")[0]
    rows = ROW.findall(table)
    assert len(rows) >= 9
    for name, factor, *exact in rows:
        drawn = shares(REGISTRY.tasks[f"temperature/{task}"](), method(name, factor), (25, 100), resources)
        assert drawn == pytest.approx([float(share) / 100 for share in exact], abs=6e-5), name


def test_the_order_turns_with_the_budget(resources: Resources) -> None:
    circle = REGISTRY.tasks["temperature/circle"]()
    geometric, linear, barrier = (
        shares(circle, made, (6.25, 12.5, 25, 100), resources)
        for made in (method("geometric-annealing"), method("linear-annealing"), method("log-annealing"))
    )
    assert [a > b for a, b in zip(geometric, barrier, strict=True)] == [True, False, False, False]
    assert [a > b for a, b in zip(geometric, linear, strict=True)] == [True, True, True, False]


def test_what_is_no_schedule_is_simulated(resources: Resources) -> None:
    (share,) = shares(
        REGISTRY.tasks["temperature/circle"](), method("parallel-tempering"), (12.5,), resources, runs=200
    )
    assert share == pytest.approx(0.8, abs=0.1)


def test_the_page_shows_the_drawing() -> None:
    assert f"]({DRAWING.name})" in PAGE
    drawn = DRAWING.read_text()
    assert "parallel-tempering" in drawn
    assert "log-annealing, c = 2 H*" in drawn

"""Coverage and false positives by simulation: a few settings each time, all of them in the slow stage."""

from __future__ import annotations

from pathlib import Path

import pytest

from .simulation import HEADS, METHODS, SETTINGS, Setting, simulate

DOCS = Path(__file__).resolve().parents[2] / "docs" / "statistics.md"


@pytest.mark.parametrize("seeds", [3, 10])
def test_the_rates_are_about_right(seeds: int) -> None:
    rates = simulate(Setting(True, True, False, seeds), 100)
    assert rates.best > 90
    assert rates.interval > 90
    assert rates.rank > 90


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: "-".join(setting.words).replace(" ", "-"))
def test_the_rates_are_those_of_the_documentation(setting: Setting) -> None:
    rates = simulate(setting)
    print(rates)
    assert rates.interval >= 93.5
    assert rates.best >= 93.5
    assert rates.rank >= 93.5
    if setting.equal_means:  # where means differ, chance has less room, and the rates rise
        assert rates.interval <= 98.5
        assert 2.5 <= rates.wrong <= 6.5
    documented = next(row for row in _documented() if row[:4] == list(setting.words))
    for rate, told in zip((rates.interval, rates.best, rates.wrong, rates.rank), documented[4:], strict=True):
        assert rate == pytest.approx(float(told), abs=0.5)


def _documented() -> list[list[str]]:
    lines = [line.strip("|").split("|") for line in DOCS.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    rows = [[cell.strip() for cell in line] for line in lines]
    return [row for row in rows if len(row) == len(HEADS)]


def test_the_simulation_is_of_as_many_methods_as_the_documentation_says() -> None:
    assert METHODS == 12
    assert "has twelve methods" in DOCS.read_text(encoding="utf-8")

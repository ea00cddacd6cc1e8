"""``--limit``: a run that ends in time, and loses nothing."""

from __future__ import annotations

import time

import pytest


@pytest.mark.slow
def test_what_does_not_end_in_time_is_given_back(bench) -> None:
    started = time.monotonic()
    summary = bench.run("constant", "sleeps", seeds=(0,), limit=4.0, time_limit=60.0)
    assert time.monotonic() - started < 30
    assert summary.states == {"done": 1}
    assert (summary.waiting, summary.clean) == (1, True)
    given_back = bench.runs().get(("sleeps", 0))
    assert given_back is None or given_back.state == "stale", "it counts as never tried"
    assert list((bench.home / "pending").iterdir()) == []
    again = bench.run("constant", "sleeps", seeds=(0,), time_limit=1.0)
    assert (again.done_before, again.states) == (1, {"timeout": 1}), "its own limit is its own failure"


def test_no_time_starts_nothing(bench) -> None:
    summary = bench.run("constant", seeds=(0, 1), limit=0.0)
    assert (summary.states, summary.waiting) == ({}, 2)
    assert bench.run("constant", seeds=(0, 1)).states == {"done": 2}

"""The loop of the process executor."""

from __future__ import annotations

from typing import Any

from bench import Bench

from suite.run.executors import process


def test_it_never_waits_for_nothing(bench: Bench, monkeypatch: Any) -> None:
    waited: list[list[Any]] = []
    wait = process.wait
    monkeypatch.setattr(process, "wait", lambda what, timeout: waited.append(what) or wait(what, timeout))
    assert bench.run("constant", seeds=(0,)).states == {"done": 1}
    assert waited
    assert all(waited), "an empty list is waited for in full"

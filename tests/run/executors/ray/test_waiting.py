"""How long a run waits for the first node: while any may still answer, and not for ever."""

from __future__ import annotations

import pytest
from test_placing import cluster, node

import suite.run.executors.ray.cluster as module
from suite.errors import SuiteError


def test_a_node_that_answers_late_is_waited_for_and_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TELL_SECONDS", 0.0)
    nodes, looks, told = cluster(), iter(range(9)), list[str]()
    nodes.asked, nodes.log = {"asked": "a"}, told.append

    def look(seconds: float = 0.0) -> None:
        if next(looks) == 3:
            nodes.nodes["a"] = node()

    nodes.look = look  # type: ignore[method-assign]
    nodes.wait()
    assert told == ["no node of the Ray cluster has said yet what it runs; each starts a process for that"]


def test_nodes_that_never_answer_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.01)
    nodes = cluster()
    nodes.asked = {"asked": "a"}
    nodes.look = lambda seconds=0.0: None  # type: ignore[method-assign]
    with pytest.raises(SuiteError, match=r"no node of the Ray cluster has said within 0\.01 s what it runs"):
        nodes.wait()


def test_where_no_node_is_alive_nothing_is_waited_for() -> None:
    nodes = cluster()
    nodes.look = lambda seconds=0.0: None  # type: ignore[method-assign]
    with pytest.raises(SuiteError, match="has no node that can run cells: none is alive"):
        nodes.wait()

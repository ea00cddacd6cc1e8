"""How jobs are sent and given up, with a stand-in for Ray that starts nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from test_placing import cluster, job, node

import suite.run.executors.ray as executor
from suite.contracts import Job, Requirements
from suite.run.executors.ray.node import Delivery


class NoRay:
    """Takes tasks and never ends one; notes which are called off."""

    exceptions = SimpleNamespace(RayError=RuntimeError, RayTaskError=KeyError)

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.called_off: list[int] = []

    def remote(self, function: object) -> Any:
        """Return what notes the parcels that it is sent."""
        return SimpleNamespace(options=lambda **given: SimpleNamespace(remote=self._send))

    def _send(self, parcel: Any) -> int:
        self.sent.append(parcel)
        return len(self.sent) - 1

    def wait(self, references: list[int], **given: object) -> tuple[list[int], list[int]]:
        """Say that those have ended that were called off."""
        return [each for each in references if each in self.called_off], []

    def cancel(self, reference: int, force: bool) -> None:
        """Note it."""
        self.called_off.append(reference)


class Ending(NoRay):
    """Ends one task after the other, each after so many seconds by its own account."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def wait(self, references: list[int], **given: object) -> tuple[list[int], list[int]]:
        """End the first."""
        return references[:1], []

    def get(self, reference: int) -> Delivery:
        """Return how it ended."""
        return Delivery("finished", "", self.seconds, 0, {}, {}, "host", "a")


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> NoRay:
    ray = NoRay()
    monkeypatch.setattr(executor, "required_library", lambda name: ray)
    return ray


def courier(nodes: Any, workers: int = 9) -> Any:
    settings = nodes.question.settings
    runs = SimpleNamespace(settings=settings, workers=workers, libraries=(), cancelled=set(), log=print)
    nodes.look = lambda: None  # type: ignore[method-assign]
    return executor._Courier(runs, nodes, nodes.question)


def test_no_more_are_sent_than_there_are_cores(ray: NoRay) -> None:
    nodes = cluster(a=node(cpus=2), b=node(cpus=2))
    sender = courier(nodes)
    ended = sender.run(iter([job(folder=Path(str(n))) for n in range(9)]))
    nodes.look = lambda: nodes.nodes.clear()  # type: ignore[method-assign] # so that a round comes to an end
    nodes.check = lambda: None  # type: ignore[method-assign]
    next(ended)
    assert len(ray.sent) == 4


@pytest.mark.parametrize(("seconds", "sent"), [(0.1, 3), (60.0, 2)])
def test_a_job_is_sent_ahead_behind_those_that_are_known_to_be_quick(
    seconds: float, sent: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ray = Ending(seconds)
    monkeypatch.setattr(executor, "required_library", lambda name: ray)
    ended = courier(cluster(a=node(cpus=1))).run(job(folder=tmp_path, seed=seed) for seed in range(9))
    next(ended)
    assert len(ray.sent) == 1, "nothing is known of the first"
    next(ended)
    assert len(ray.sent) == sent
    ended.close()


def test_a_job_whose_nodes_are_all_gone_is_the_machines_doing(ray: NoRay) -> None:
    nodes = cluster(a=node(cpus=1), b=node(cpus=4))
    sender = courier(nodes)
    large: Job = job(requirements=Requirements(cpus=3))

    def a_node_dies() -> None:
        nodes.nodes.pop("b", None)

    nodes.look = a_node_dies  # type: ignore[method-assign]
    (ended,) = sender.run(iter([large]))
    assert (ended.job, ended.reason) == (large, "machine")
    assert ray.called_off[0] == 0


def test_a_job_that_somebody_cancels_is_called_off(ray: NoRay) -> None:
    sender = courier(cluster(a=node()))
    wanted = job()
    sender._executor.cancelled.add(wanted.folder)
    (ended,) = sender.run(iter([wanted]))
    assert (ended.job, ended.reason) == (wanted, "cancelled")
    assert ray.called_off[0] == 0


def test_closing_calls_off_what_is_under_way(ray: NoRay) -> None:
    sender = courier(cluster(a=node()))
    first, second = job(folder=Path("first")), job(folder=Path("second"))
    sender._executor.cancelled.add(first.folder)
    ends = sender.run(iter([first, second]))
    assert next(ends).reason == "cancelled"
    ends.close()
    assert set(ray.called_off) == {0, 1}

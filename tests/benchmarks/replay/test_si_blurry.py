"""replay/si-blurry: what no method is told, what the metrics say of real cells, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite.benchmarks.replay.si_blurry import SiBlurryDigitsTask
from suite.contracts import Card, Outcome, Resources, Setting, TaskContext
from suite.contracts.samples import stored_table
from suite.errors import SuiteError
from suite.plugins.replay.gdumb import GDumb
from suite.plugins.replay.random import Random
from suite.run.scoring import scores_of
from suite.tracks.replay import Bound, Buffer, Exemplars, MemoryUpdate, ReplayContext
from suite.tracks.replay.blurry.draw import SiBlurry

CARD = Card(title="For a test", status="baseline")


class Nothing(Bound):
    name, version, card, regime = "nothing", "1", CARD, "no replay"


class Watcher(MemoryUpdate):
    """Keeps what comes first, and notes how it came."""

    name, version, card = "watcher", "1", CARD

    def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> torch.Tensor:
        SEEN.append((len(batch), context.seen, context.moment, batch.rows.tolist()))
        slots = torch.arange(len(buffer), len(buffer) + len(batch))
        return torch.where(slots < buffer.capacity, slots, -1)


class Short(SiBlurryDigitsTask):
    id, updates = "replay/si-blurry-short", 1


SEEN: list[tuple[int, int, int, list[int]]] = []


@pytest.fixture(scope="module")
def task() -> SiBlurryDigitsTask:
    return SiBlurryDigitsTask()


@pytest.fixture(scope="module")
def cells() -> dict[str, Outcome]:
    return {}


def of(task: SiBlurryDigitsTask, method: type, resources: Resources, cells: dict[str, Outcome]) -> Outcome:
    if method.name not in cells:
        cells[method.name] = task.evaluate(method(), TaskContext(0, resources))
    return cells[method.name]


def test_batches_go_on_over_the_borders_of_sessions(
    task: SiBlurryDigitsTask, resources: Resources, cells: dict[str, Outcome]
) -> None:
    samples = Short().evaluate(Watcher(), TaskContext(0, resources)).samples
    sizes, seen, moments, rows = zip(*SEEN, strict=True)
    assert set(sizes[:-1]) == {10}
    assert list(seen) == list(range(0, 1197, 10))
    assert list(moments) == list(range(1, 121))
    stream = task.stream(TaskContext(0, resources))
    assert [row for part in rows for row in part] == torch.cat([part.samples.rows for part in stream]).tolist()
    assert any(len(part.samples) % 10 for part in stream[:-1])
    assert samples.curve.steps.tolist() == list(range(4, 121, 4))
    assert samples.ends.shape == (5, 10)


@pytest.mark.slow
def test_forgetting_without_replay_is_large_and_scores_follow_from_the_samples(
    task: SiBlurryDigitsTask, resources: Resources, cells: dict[str, Outcome]
) -> None:
    outcome = of(task, Nothing, resources, cells)
    found = {score.metric: score.value for score in scores_of(task, outcome.samples)}
    kept = {score.metric: score.value for score in scores_of(task, of(task, Watcher, resources, cells).samples)}
    assert found["class_forgetting"] > 0.4 > kept["class_forgetting"] - 0.2
    assert found["last_accuracy"] < kept["last_accuracy"]
    assert found["gap_depth"] > 0.05
    assert 0 < found["gap_recovery"] < 480
    again = task.samples.read(stored_table(outcome.samples))
    assert scores_of(task, again) == scores_of(task, outcome.samples)
    (picture,) = outcome.samples.pictures("all")
    assert len(picture.spec["layer"][0]["data"]["values"]) == 4


def test_what_waits_for_the_end_of_a_task_is_declined(task: SiBlurryDigitsTask) -> None:
    assert "task end" in task.declines(Random, Setting({}))
    assert "end of a task" in task.declines(GDumb, Setting({}))
    assert not task.declines(Watcher, Setting({}))


def test_a_stream_without_a_change_is_refused(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SiBlurryDigitsTask, "shares", SiBlurry(sessions=1))
    with pytest.raises(SuiteError, match="two sessions or more"):
        SiBlurryDigitsTask().check(TaskContext(0, resources))


def test_seeds_draw_other_sessions(task: SiBlurryDigitsTask, resources: Resources) -> None:
    lengths = [[len(part.samples) for part in task.stream(TaskContext(seed, resources))] for seed in range(3)]
    assert len({tuple(each) for each in lengths}) == 3
    assert np.ptp(lengths, axis=1).max() > 100

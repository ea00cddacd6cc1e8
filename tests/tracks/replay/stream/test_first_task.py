"""The first task is learned once for methods that replay nothing before it ends, and nothing tells that it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from suite.contracts import Resources
from suite.plugins.replay.ccs import CCS
from suite.plugins.replay.mir import MIR
from suite.plugins.replay.rainbow import Rainbow
from suite.tracks.replay import ReplayMethod
from suite.tracks.replay.stream import first_task, rehearsal
from suite.tracks.replay.stream.classifier import Classifier
from suite.tracks.replay.stream.rehearsal import Rehearsal
from suite.tracks.replay.stream.tasks import StreamTask

from ..conftest import METHODS, Alone, Everything, First, Keep, Latest, Nothing, rehearsed

EVERY: dict[str, Callable[[], ReplayMethod]] = {
    **{method.name: method for method in METHODS},
    "history": CCS,
    "augmented": Rainbow,
    "with a partner": lambda: First(retrieval=MIR()),
}
SHARING = {"first", "nothing", "history", "augmented", "with a partner"}


@pytest.fixture
def fresh(resources: Resources, tmp_path: Path) -> Resources:
    """Resources with an empty cache."""
    return replace(resources, cache=type(resources.cache)(tmp_path))


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many samples each step of any learner had."""
    sizes, step = [], Classifier.step

    def counted(self: Classifier, samples: Any) -> torch.Tensor:
        sizes.append(len(samples))
        return step(self, samples)

    monkeypatch.setattr(Classifier, "step", counted)
    return sizes


def state(done: Rehearsal) -> list[bytes]:
    """Return every bit of what came of a stream, random generators included."""
    learner, evaluation = done._learner, done.evaluation
    tensors = [*learner.network.state_dict().values(), learner.generator.get_state(), torch.get_rng_state()]
    arrays = [evaluation.curve.values, evaluation.curve.steps, evaluation.curve.training, *evaluation.matrix]
    held = repr((done.held, learner.steps, done._steps, done._seen, done.metered.forward_passes))
    return [*(tensor.numpy().tobytes() for tensor in tensors), *(array.tobytes() for array in arrays), held.encode()]


@pytest.mark.parametrize("name", EVERY)
def test_a_shared_first_task_changes_no_bit(
    name: str, stream: list[StreamTask], fresh: Resources, steps: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run() -> tuple[list[bytes], int]:
        steps.clear()
        torch.manual_seed(1)
        done = state(rehearsed(EVERY[name](), stream, fresh, slots=20))
        return done, len(steps)

    with monkeypatch.context() as patch:
        patch.setattr(rehearsal, "learn_first", lambda learn, *_: learn())
        alone, count = run()
    assert not (fresh.cache.folder / "first-tasks").exists()
    made, taken = run(), run()
    assert made == (alone, count)
    assert taken == (alone, count - 16 if name in SHARING else count)


def test_methods_share_it(stream: list[StreamTask], fresh: Resources, steps: list[int]) -> None:
    for method in (First, Nothing, CCS, Rainbow, First):
        torch.manual_seed(1)
        rehearsed(method(), stream, fresh)
    assert len(list((fresh.cache.folder / "first-tasks").glob("*.safetensors"))) == 1
    assert len(steps) == 16 + 5 * 16


def test_online_methods_replay_from_the_second_step_on(stream: list[StreamTask], fresh: Resources) -> None:
    for method in (Keep, Latest, Everything, Alone):
        rehearsed(method(), stream, fresh)
    assert not (fresh.cache.folder / "first-tasks").exists()


def test_whatever_it_follows_from_is_in_its_name(
    stream: list[StreamTask], fresh: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []
    identity = first_task._identity

    def noted(*given: Any) -> dict[str, Any]:
        names.append(identity(*given))
        return names[-1]

    monkeypatch.setattr(first_task, "_identity", noted)

    def differs(tasks: list[StreamTask], seed: int = 0) -> set[str]:
        torch.manual_seed(1)
        rehearsed(Nothing(), tasks, fresh, seed)
        return {part for part, value in names[-1].items() if value != names[0][part]}

    assert differs(stream) == set()
    assert differs(stream, seed=1) == {"seed", "network", "generators"}
    first = stream[0]
    labels = replace(first.samples, labels=first.samples.labels.flip(0))
    assert differs([replace(first, samples=labels), stream[1]]) == {"samples"}
    assert differs([replace(first, labels=first.labels.flip(0)), stream[1]]) == {"evaluation"}
    assert differs([first, replace(stream[1], samples=stream[1].samples[:70])]) == set()  # it comes later
    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)
    try:
        assert differs(stream) == {"machine"}
    finally:
        torch.set_num_threads(before)
    torch.rand(1)
    rehearsed(Nothing(), stream, fresh)
    assert {part for part, value in names[-1].items() if value != names[0][part]} == {"generators"}

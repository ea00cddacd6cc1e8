"""replay/ddpm: the splits, that the model has learned task 1, and that it forgets it."""

from __future__ import annotations

import pytest
import torch

from suite.benchmarks.replay.ddpm import KEPT, DigitsDDPMTask
from suite.contracts import Card, Resources, TaskContext
from suite.run.scoring import scores_of
from suite.tracks.replay import Bound
from suite.tracks.replay.denoising.experiment import Experiment
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION


class NoReplay(Bound):
    name, version, regime = "no-replay", "1", "no replay"
    card = Card(title="For a test", status="baseline")


@pytest.fixture
def experiment(resources: Resources) -> Experiment:
    return DigitsDDPMTask().experiment(TaskContext(0, resources))


def test_all_digits_are_in_one_of_the_tasks_and_the_buffer_holds_five_per_cent(resources: Resources) -> None:
    task = DigitsDDPMTask()
    old, new = task.old(resources), task.new(resources)
    assert sorted([*old.rows(resources), *new.rows(resources)]) == list(range(1797))
    assert set(old.targets(resources)) == set(range(5))
    assert task.capacity() == KEPT == round(0.05 * len(old.rows(resources)))
    assert RECONSTRUCTION in task.summary


@pytest.mark.slow
def test_it_has_learned_task_1_and_not_task_2(experiment: Experiment) -> None:
    before, device = experiment.before, experiment.resources.device
    untrained = experiment.diffusion.network(0, experiment.resources).eval()
    with torch.no_grad():
        at_first = experiment.reconstruction.errors(untrained, before.old_inputs, device)
    assert before.old.mean() < 0.05 * at_first.mean()
    assert before.old.mean() < 0.75 * before.judged.mean()


@pytest.mark.slow
def test_without_replay_task_2_is_learned_and_task_1_forgotten(experiment: Experiment) -> None:
    outcome = experiment.outcome(NoReplay())
    found = {(score.metric, score.subset): score.value for score in scores_of(DigitsDDPMTask(), outcome.samples)}
    before = experiment.before
    assert found["reconstruction_forgetting", "all"] > 0.25 * float(before.old.mean())
    assert found["new_task_error", "new task"] < 0.8 * float(before.judged.mean())
    assert found["reconstruction_error", "all"] > found["new_task_error", "new task"]

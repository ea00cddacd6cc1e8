"""replay/ddpm-distant: its parts, the way of a method through it, and the gate: what is forgotten is much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from suite.benchmarks.replay.ddpm_distant import PATCH, DistantDDPMTask
from suite.contracts import Card, Outcome, Resources, TaskContext
from suite.contracts.samples import stored_table
from suite.run.scoring import scores_of
from suite.tracks.replay import Bound, Exemplars, ReplayContext, ReplaySelector
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION
from suite.tracks.replay.generation.part import Part

CARD = Card(title="For a test", status="baseline")
LOST, KEPT = 0.7, 0.2
"""Coverage that is lost without replay at least, and with all that was learned before at most."""


class Nothing(Bound):
    name, version, card, regime = "nothing", "1", CARD, "no replay"


class Everything(Bound):
    name, version, card, regime = "everything", "1", CARD, "joint"


class First(ReplaySelector):
    """The first samples, after a look at how they are denoised."""

    name, version, card = "first", "1", CARD

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> torch.Tensor:
        ASKED.append((len(candidates), capacity, context.moment, sorted(set(candidates.labels.tolist()))))
        context.learner.denoising_errors(candidates[torch.arange(5)], 0.5, 2, context.generator("noise"))
        return torch.arange(capacity)


ASKED: list[tuple[int, int, int, list[int]]] = []


class Short(DistantDDPMTask):
    id, images = "replay/ddpm-distant-short", 40
    first_recipe = replace(DistantDDPMTask.first_recipe, updates=20)
    next_recipe = replace(DistantDDPMTask.next_recipe, updates=10)

    def parts(self, seed: int, resources: Resources) -> list[Part]:
        return [
            replace(part, split=part.split.part(np.arange(150), resources)) for part in super().parts(seed, resources)
        ]


def values(task: DistantDDPMTask, outcome: Outcome) -> dict[tuple[str, str], float]:
    return {(score.metric, score.subset): score.value for score in scores_of(task, outcome.samples)}


def test_the_parts_are_distant_and_one_class_is_rare(resources: Resources) -> None:
    first, patches, last = DistantDDPMTask().parts(3, resources)
    labels = [part.split.targets(resources) for part in (first, last)]
    assert sorted({*labels[0], *labels[1]}) == list(range(10))
    assert not set(labels[0]) & set(labels[1])
    for each in labels:
        counts = np.unique(each, return_counts=True)[1]
        assert sorted(counts)[0] < 50 < 170 < sorted(counts)[1]
    assert (len(patches.split.rows(resources)), patches.label) == (1000, PATCH)
    assert RECONSTRUCTION in DistantDDPMTask.summary


def test_a_method_selects_after_each_task_but_the_last(resources: Resources) -> None:
    task, context = Short(), TaskContext(0, resources)
    task.prepare(context)
    ASKED.clear()
    outcome = task.evaluate(First(), context)
    (one, share, moment, labels), (other, half, later, patch) = ASKED
    assert (share, half, moment, later) == (60, 30, 20, 30)
    assert (len(labels), patch, other) == (5, [PATCH], 150)
    found = values(task, outcome)
    assert found["buffer_bytes", "all"] == 60 * 72
    assert found["extra_forward_passes", "all"] == 2 * 2 * 5
    assert outcome.facts["replayed"] == "30 + 30 samples at the end"
    assert (outcome.samples.generated.sum(), (~outcome.samples.generated).sum()) == (120, 450)
    assert scores_of(task, task.samples.read(stored_table(outcome.samples))) == scores_of(task, outcome.samples)
    joint = task.evaluate(Everything(), context)
    assert joint.facts["replayed"] == f"{one:,} + {other:,} samples at the end"
    first = [each.samples.label[each.samples.generated][:40].tolist() for each in (outcome, joint)]
    assert first[0] == first[1]


@pytest.mark.slow
def test_what_is_forgotten_without_replay_is_much_and_with_it_little(resources: Resources) -> None:
    task, context = DistantDDPMTask(), TaskContext(0, resources)
    lost, kept = (values(task, task.evaluate(method(), context)) for method in (Nothing, First))
    assert lost["coverage_forgetting", "all"] > LOST
    assert kept["coverage_forgetting", "all"] < KEPT
    assert lost["class_coverage", "task-3"] > kept["class_coverage", "task-3"]
    assert kept["mode_coverage", "all"] > lost["mode_coverage", "all"] + 0.1

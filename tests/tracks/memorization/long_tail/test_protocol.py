"""The protocol on the denoiser that comes with the suite: one plan for all captions, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite import Card
from suite.benchmarks.memorization.long_tail import LongTailTask
from suite.contracts import Column, TaskContext
from suite.contracts.samples import stored_table
from suite.errors import SuiteError
from suite.hashing import file_digest
from suite.tracks.memorization import Mitigation, Plan
from suite.tracks.memorization.long_tail.experiment import TailExperiment
from suite.tracks.memorization.long_tail.metrics import FREQUENT, GROUPS, RARE, part
from suite.tracks.memorization.metrics import FREE, ORDINARY, PLAIN, SWEEP


class FewTask(LongTailTask):
    """Fewer noises."""

    noises = 1
    rare_noises = 6
    frequent_noises = 2


class Delay(Mitigation):
    """Guides late, or not at all; remembers what it was asked for."""

    name = "delay"
    version = "1"
    card = Card(title="Delay", status="baseline")
    strengths = {"none": 0, "some": 8, "all": 25}

    def plan(self, strength, noise, conditions, context) -> Plan:
        self.asked = context.captions
        scales = torch.full((len(context.sampler.times), len(noise)), context.scale)
        scales[:strength] = 0
        return Plan(noise, conditions, scales)


def experiment(resources) -> TailExperiment:
    return FewTask().experiment(TaskContext(0, resources))


@pytest.fixture(scope="module")
def found(resources):
    method = Delay()
    return method, FewTask().evaluate(method, TaskContext(0, resources)).samples


def value(samples, metric: str, subset: str) -> float:
    return samples.value(Column(metric=metric, subset=subset)).value


def test_the_weights_come_with_the_suite(resources) -> None:
    LongTailTask.data.fingerprint(resources)
    for seed in LongTailTask.seeds:
        model = LongTailTask().model(seed)
        assert model.shipped is not None
        assert model.shipped.stat().st_size < 400_000
        assert model.known_fingerprint(resources) == file_digest(model.shipped)


def test_a_method_is_asked_for_all_captions_in_one_call(found) -> None:
    method, samples = found
    assert method.asked.shape == (20 + 2 * 6 + 6 * 2, 4)
    assert [int((samples.subset == part(group, "point 2")).sum()) for group in GROUPS] == [12, 12]
    assert set(samples.caption[samples.subset == part(RARE, PLAIN)]) == {0, 7}
    assert set(samples.caption[samples.subset == part(FREQUENT, PLAIN)]) == {1, 2, 3, 4, 5, 6}


def test_both_anchors_are_points_of_each_group(found) -> None:
    _, samples = found
    for group in GROUPS:
        for metric in ("alignment", "real_distance", "guidance_norm", "noise_norm", "network_evaluations"):
            for point, anchor in (("point 1", PLAIN), ("point 3", FREE)):
                there = value(samples, metric, part(group, anchor))
                assert value(samples, metric, part(group, point)) == pytest.approx(there, abs=1e-3)
        assert samples.value(Column(metric="cosine", subset=part(group, PLAIN))) is None
    assert 0 < value(samples, "worst_group_score", SWEEP) <= value(samples, "frontier_score", SWEEP)


def test_scores_follow_from_the_stored_samples_and_are_resampled(found) -> None:
    _, samples = found
    again = LongTailTask.samples.read(stored_table(samples))
    for column in LongTailTask().columns:
        before, after = samples.value(column), again.value(column)
        assert (before is None) == (after is None)
        assert before is None or before.value == after.value
    column = Column(metric="worst_group_score", subset=SWEEP)
    low, high = np.quantile(samples.resampled(column).values, [0.025, 0.975])
    assert low < value(samples, "worst_group_score", SWEEP) < high
    assert np.array_equal(again.resampled(column).values, samples.resampled(column).values)


@pytest.mark.parametrize("group", GROUPS)
def test_a_denoiser_that_does_not_follow_a_group_is_refused(group: str, resources) -> None:
    one = experiment(resources)
    one.check_that_it_can_tell()
    held, deaf = one.collection.held, one.anchors[ORDINARY].clone()
    for row in one.groups[group].tolist():
        opposite = one.collection.patterns(held) == 7 - one.ordinary.patterns[row]
        deaf[row] = held[opposite][0]
    vars(one)["anchors"] = {**one.anchors, ORDINARY: deaf}
    with pytest.raises(SuiteError, match=f"Guidance lifts the alignment of {group} captions only from"):
        one.check_that_it_can_tell()

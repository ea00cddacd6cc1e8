"""ood/digits-severity: what is kept apart, who sees a stream, and what tuning may look at."""

from __future__ import annotations

import numpy as np
import pytest

from suite.benchmarks.ood.digits_severity import DigitsSeverityTask
from suite.contracts import Resources, TaskContext
from suite.plugins.ood.bn_adapt import BNAdapt
from suite.plugins.ood.energy import Energy
from suite.plugins.ood.erm import ERM
from suite.plugins.ood.none import Nothing

TASK = DigitsSeverityTask()


def test_parts_are_disjoint_and_a_severity_shows_the_same_images(resources: Resources) -> None:
    for seed in TASK.seeds:
        rows = np.concatenate([part.rows(resources) for part in TASK.parts(seed, resources)])
        assert sorted(rows) == list(range(1797))
    splits = TASK.splits(0, resources, TASK.setting({}))
    for split in splits.shifted.values():
        assert np.array_equal(split.rows(resources), splits.test.rows(resources))
        assert np.array_equal(split.targets(resources), splits.test.targets(resources))


def test_severities_of_development_lie_between_those_of_the_test() -> None:
    assert not set(TASK.development) & {0.0, *TASK.severities}
    assert len(TASK.severities) == len(TASK.development) == 10
    assert TASK.shifted[:3] == ("severity-0.1", "severity-0.2", "severity-0.3")


def test_who_trains_sees_no_stream_and_who_scores_is_not_asked() -> None:
    by_class = TASK.setting({"stream-order": "by-class", "stream-batch": "8"})
    assert TASK.declines(ERM, by_class) == "it sees no stream, so stream-batch and stream-order would not matter"
    assert TASK.declines(ERM, TASK.setting({"shift-by": "blur"})) == ""
    assert TASK.declines(BNAdapt, by_class) == ""
    assert "it ranks methods that train or adapt" in TASK.declines(Energy, TASK.setting({}))
    assert len(TASK.settings()) == 6


@pytest.mark.slow
def test_plain_training_and_the_network_that_is_adapted_are_one(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the same recipe and seed, but for the rounding of batches of other sizes; here at two severities."""
    monkeypatch.setattr(DigitsSeverityTask, "severities", (0.2, 0.4))
    monkeypatch.setattr(DigitsSeverityTask, "shifted", ("severity-0.2", "severity-0.4"))
    context = TaskContext(0, resources, TASK.setting({}))
    trained, given = (TASK.evaluate(method, context) for method in (ERM(), Nothing()))
    assert (trained.samples.predicted != given.samples.predicted).mean() < 0.002
    assert given.facts["against the network as it is"] == "the same at every severity"
    assert len(given.samples.row) == 3 * 697


@pytest.mark.slow
def test_tuning_sees_validation_images_alone(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    """At two development severities; with no images of the test, which is forbidden here."""
    monkeypatch.setattr(DigitsSeverityTask, "development", (0.25, 0.35))
    _, validation, test = TASK.parts(0, resources)
    seen: list[int] = []
    shift = DigitsSeverityTask.at

    def watched(self, split, severity, setting):
        seen.extend(split.rows(resources).tolist() if severity in (0.25, 0.35) else [])
        return shift(self, split, severity, setting)

    monkeypatch.setattr(DigitsSeverityTask, "at", watched)
    context = TaskContext(0, resources, TASK.setting({}))
    tuning = TASK.tune(BNAdapt, {}, {"prior": (1e9, 0.0)}, context)
    assert tuning.chosen == {"prior": 0.0}
    assert tuning.measured == "mean accuracy on validation images at severity 0.25, 0.35"
    assert set(seen) == set(validation.rows(resources))
    assert not set(seen) & set(test.rows(resources))

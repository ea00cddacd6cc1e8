"""What limiting memorization costs rare captions: much by a delay, little by adjusted noise."""

from __future__ import annotations

from typing import Any

import pytest

from suite.benchmarks.memorization.long_tail import LongTailTask
from suite.contracts import Column, TaskContext
from suite.plugins.memorization.batchwise_noise import BatchwiseNoise
from suite.plugins.memorization.static_delay import StaticDelay
from suite.tracks.memorization.long_tail.metrics import FREQUENT, RARE, part
from suite.tracks.memorization.long_tail.samples import TailSamples
from suite.tracks.memorization.metrics import FREE, ORDINARY, PLAIN, SWEEP

pytestmark = pytest.mark.slow
METHODS: dict[str, Any] = {"delay": StaticDelay(delays=(0.32,)), "adjusted": BatchwiseNoise(moves=((0.7, 4, 0.0),))}


@pytest.fixture(scope="module", params=LongTailTask.seeds)
def found(request, resources) -> dict[str, TailSamples]:
    context = TaskContext(request.param, resources)
    return {name: LongTailTask().evaluate(method, context).samples for name, method in METHODS.items()}


def value(samples: TailSamples, metric: str, subset: str) -> float:
    score = samples.value(Column(metric=metric, subset=subset))
    assert score is not None
    return score.value


def test_special_captions_are_memorized_and_others_are_followed(found) -> None:
    samples = found["delay"]
    assert value(samples, "memorized", PLAIN) >= 0.5
    assert value(samples, "memorized", FREE) <= 0.05
    assert value(samples, "memorized", ORDINARY) == 0
    assert value(samples, "alignment", part(FREQUENT, PLAIN)) >= 0.9
    assert value(samples, "alignment", part(RARE, PLAIN)) >= 0.8
    assert value(samples, "alignment", part(RARE, FREE)) <= 0.15


def test_a_delay_costs_every_group_more_than_adjusted_noise(found) -> None:
    delay, adjusted = found["delay"], found["adjusted"]
    assert value(adjusted, "memorized", "point 1") <= value(delay, "memorized", "point 1")
    for group in (RARE, FREQUENT):
        plain, late, moved = (
            value(samples, "alignment", part(group, point))
            for samples, point in ((delay, PLAIN), (delay, "point 1"), (adjusted, "point 1"))
        )
        assert plain - late >= 0.1
        assert plain - moved <= 0.08
    assert value(adjusted, "worst_group_score", SWEEP) >= value(delay, "worst_group_score", SWEEP) + 0.1

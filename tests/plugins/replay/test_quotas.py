"""Who is in the buffer under class quotas: against a plain simulation, for any stream."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suite.plugins.replay.class_balanced_reservoir import ClassBalancedReservoir
from suite.plugins.replay.gdumb import GDumb
from suite.plugins.replay.ring import Ring

streams = st.lists(st.integers(0, 5), min_size=1, max_size=60)
any_stream = given(streams, st.integers(1, 12), st.integers(1, 20))
quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def simulated(labels: list[int], capacity: int) -> tuple[dict[int, list[int]], list[int]]:
    """Return the ring's queues by class, and the quotas of these, both in the order of appearance."""
    queues: dict[int, list[int]] = {}
    for row, label in enumerate(labels):
        own = queues.setdefault(label, [])
        quotas = {each: (capacity - k + len(queues) - 1) // len(queues) for k, each in enumerate(queues)}
        if sum(map(len, queues.values())) < capacity:
            pass
        elif len(own) < quotas[label]:
            queues[max(sorted(queues), key=lambda each: len(queues[each]) - quotas[each])].pop(0)
        elif own:
            own.pop(0)
        else:
            continue
        own.append(row)
    return queues, list(quotas.values())


@quick
@any_stream
def test_a_ring_holds_the_latest_of_each_class(
    context: Any, labelled: Any, streamed: Any, labels: list[int], capacity: int, size: int
) -> None:
    buffer = streamed(Ring(), labelled(labels), capacity, context, size)
    queues, _ = simulated(labels, capacity)
    assert sorted(buffer.samples().rows.tolist()) == sorted(row for queue in queues.values() for row in queue)


@quick
@any_stream
def test_a_reservoir_of_each_class_holds_as_many(
    context: Any, labelled: Any, streamed: Any, labels: list[int], capacity: int, size: int
) -> None:
    buffer = streamed(ClassBalancedReservoir(), labelled(labels), capacity, context, size)
    queues, quotas = simulated(labels, capacity)
    held = buffer.labels.bincount(minlength=6)
    assert held.tolist() == [len(queues.get(label, [])) for label in range(6)]
    if all(labels.count(label) >= quota for label, quota in zip(queues, quotas, strict=True)):
        assert [int(held[label]) for label in queues] == quotas


@quick
@any_stream
def test_gdumb_is_balanced(
    context: Any, labelled: Any, streamed: Any, labels: list[int], capacity: int, size: int
) -> None:
    buffer = streamed(GDumb(), labelled(labels), capacity, context, size)
    seen = sorted(set(labels))
    held = {label: int((buffer.labels == label).sum()) for label in seen}
    assert sum(held.values()) == min(capacity, len(labels))
    if capacity >= len(labels):
        return
    for label in seen:
        assert held[label] >= min(labels.count(label), capacity // len(seen)), (label, held)


def test_gdumb_keeps_the_first_and_gives_up_random_ones(context: Any, labelled: Any, streamed: Any) -> None:
    given_up = np.zeros(10, dtype=int)
    for seed in range(400):
        buffer = streamed(GDumb(), labelled([0] * 20 + [1] * 20), 10, context, seed=seed)
        rows = buffer.samples().rows
        assert sorted(rows[buffer.labels == 1].tolist()) == [20, 21, 22, 23, 24]
        assert int(rows[buffer.labels == 0].max()) < 10
        given_up[rows[buffer.labels == 0]] += 1
    assert given_up.min() > 150
    assert given_up.max() < 250


@pytest.mark.parametrize("method", [ClassBalancedReservoir, Ring, GDumb])
def test_more_classes_than_slots(method: Any, context: Any, labelled: Any, streamed: Any) -> None:
    buffer = streamed(method(), labelled(torch.arange(10).repeat(5)), 4, context)
    assert len(buffer) == 4
    assert int(buffer.labels.bincount().max()) <= (2 if method is GDumb else 1)

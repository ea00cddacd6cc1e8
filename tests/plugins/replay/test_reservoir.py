"""Reservoirs, one for all or one for each class, are uniform samples of what came: over 1,000 streams or 10,000."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.stats import chi2, chisquare

from suite.plugins.replay.class_balanced_reservoir import ClassBalancedReservoir
from suite.plugins.replay.reservoir import Reservoir
from suite.tracks.replay.buffer import Buffer
from suite.tracks.replay.roles import uniform_slots

STREAMS = 10_000
every_number = pytest.mark.parametrize("streams", [1000, pytest.param(STREAMS, marks=pytest.mark.slow)])
LEVEL = 1e-4
# In how many of 10,000 streams each of 30 samples, five at a time, was in a buffer of 6 at the end: measured by running
# the ReservoirSamplingBuffer of avalanche-lib 0.6.0, which keeps the largest of random keys, with torch's seed 0.
# fmt: off
AVALANCHE = np.array([
    2029, 1952, 1998, 2053, 1984, 2055, 2044, 2011, 1960, 1949, 2061, 2060, 2006, 1938, 1975,
    2080, 1994, 1974, 2037, 1981, 1963, 2033, 1987, 2022, 2067, 2031, 1986, 1970, 1873, 1927,
])
# fmt: on


def uniform(counts: NDArray[np.int64], held: int, streams: int) -> float:
    """Return the p-value of inclusion counts [n], if each of ``streams`` samples holds ``held`` of n at random."""
    share = held / len(counts)
    spread = streams * share * (1 - share) * len(counts) / (len(counts) - 1)
    return float(chi2.sf(((counts - streams * share) ** 2).sum() / spread, len(counts) - 1))


@every_number
def test_every_sample_is_as_likely(streams: int, labelled: Any, streamed: Any, context: Any) -> None:
    samples, counts = labelled([0] * 32), np.zeros(32, dtype=int)
    for seed in range(streams):
        counts[streamed(Reservoir(), samples, 6, context, size=8, seed=seed).samples().rows] += 1
    assert counts.sum() == 6 * streams
    assert uniform(counts, 6, streams) > LEVEL


@pytest.mark.slow
def test_it_holds_what_avalanches_buffer_holds(labelled: Any, streamed: Any, context: Any) -> None:
    samples, counts = labelled([0] * 30), np.zeros(30, dtype=int)
    for seed in range(STREAMS):
        counts[streamed(Reservoir(), samples, 6, context, size=5, seed=seed).samples().rows] += 1
    pooled = (counts + AVALANCHE) / 2
    distance = ((counts - AVALANCHE) ** 2 / (2 * pooled * (1 - pooled / STREAMS))).sum()
    assert chi2.sf(distance * 29 / 30, 29) > LEVEL  # the counts of a stream add up to six


@every_number
def test_resizing_keeps_it_uniform(streams: int, labelled: Any, context: Any) -> None:
    """A reservoir of eight gives up a random half in the middle of the stream and goes on."""
    samples, counts = labelled([0] * 32), np.zeros(32, dtype=int)
    for seed in range(streams):
        buffer = Buffer(samples, 8)
        for start in range(0, 32, 8):
            given = context(seed=seed, seen=start, moment=start)
            if start == 16:
                buffer.resize(4, uniform_slots(8, 4, given.rng("resize")))
            batch = samples[start : start + 8]
            buffer.write(Reservoir().update(batch, buffer, given), batch)
        counts[buffer.samples().rows] += 1
    assert counts.sum() == 4 * streams
    assert uniform(counts, 4, streams) > LEVEL


def test_every_pair_is_as_likely(labelled: Any, streamed: Any, context: Any) -> None:
    samples = labelled([0] * 6)
    pairs = Counter(
        tuple(sorted(streamed(Reservoir(), samples, 2, context, size=3, seed=seed).samples().rows.tolist()))
        for seed in range(3000)
    )
    assert len(pairs) == 15
    assert chisquare(list(pairs.values())).pvalue > LEVEL


def test_batches_change_nothing_about_who_may_replace_whom(labelled: Any, context: Any) -> None:
    """A sample that has a slot in its own batch may lose it in the same batch: the later one stays."""
    buffer, batch = Buffer(labelled([0]), 1), labelled([0] * 50)
    slots = Reservoir().update(batch, buffer, context())
    assert slots[0] == 0
    buffer.write(slots, batch)
    assert buffer.samples().rows.tolist() == [int(torch.where(slots == 0)[0][-1])]


@every_number
def test_a_reservoir_of_each_class_stays_uniform_while_quotas_shrink(streams: int, labelled: Any, context: Any) -> None:
    """Class 0 fills the buffer, 1 takes half of it, 2 a third; the remainder belongs to those that came first."""
    labels = torch.tensor([0] * 12 + [1] * 6 + [0, 1] * 6 + [2] * 8 + [0, 1, 2] * 4)
    samples, ends = labelled(labels), {18: (4, 4, 0), 30: (4, 4, 0), 50: (3, 3, 2)}
    counts = {end: np.zeros(len(labels), dtype=int) for end in ends}
    for seed in range(streams):
        method, buffer, start = ClassBalancedReservoir(), Buffer(samples, 8), 0
        for end in (6, 12, 18, 24, 30, 40, 50):
            batch = samples[start:end]
            buffer.write(method.update(batch, buffer, context(seed=seed, moment=end, seen=start)), batch)
            if end in ends:
                assert tuple(buffer.labels.bincount(minlength=3).tolist()) == ends[end]
                counts[end][buffer.samples().rows] += 1
            start = end
    for end, quotas in ends.items():
        for label, quota in enumerate(quotas):
            if quota:
                came = counts[end][:end][(labels[:end] == label).numpy()]
                assert uniform(came, quota, streams) > LEVEL, (end, label)


@pytest.mark.parametrize("method", [Reservoir, ClassBalancedReservoir])
def test_a_buffer_that_is_not_full_keeps_everything(method: Any, labelled: Any, streamed: Any, context: Any) -> None:
    samples = labelled([0, 3, 0, 0, 7, 3] * 5)
    assert streamed(method(), samples, 40, context, size=7).samples().rows.tolist() == list(range(30))

"""What the scores of sequential generation are, by hand, from the samples alone."""

from __future__ import annotations

import numpy as np
import pytest

from suite.contracts import Column
from suite.contracts.samples import stored_table
from suite.tracks.replay.generation.samples import GenerationSamples

GENERATED = [[0, 0, 0, 1], [0, 2, 2, -1], [0, 2, 3, -1]]
"""Classes after each of three tasks, whose own are 0 and 1 (three to one), 2, and 3."""
REAL = [[0, 0, 0, 1], [2, 2], [3, 3]]


@pytest.fixture
def samples() -> GenerationSamples:
    made, real = np.concatenate(GENERATED), np.concatenate(REAL)
    absent = np.full(len(made), np.nan)
    return GenerationSamples(
        generated=np.repeat([True, False], [len(made), len(real)]),
        task=np.concatenate([np.repeat([0, 1, 2], 4), [0, 0, 0, 0, 1, 1, 2, 2]]),
        label=np.concatenate([made, real]),
        energy=np.concatenate([absent, [1.0, 2, 3, 4, 5, 6, 7, 8]]),
        covered=np.concatenate([absent, [1.0, 0, 1, 0, 1, 1, 0, 0]]),
        before=np.concatenate([absent, np.zeros(8)]),
        after=np.concatenate([absent, [0.1, 0.2, 0.3, 0.4, 0.4, 0.2, 0, 0]]),
    )


@pytest.mark.parametrize(
    ("metric", "subset", "value"),
    [
        ("class_coverage", "task-1", 0.75),  # expected 1/4 and 1/12, there 1/4 and 0
        ("class_coverage", "task-2", 0.75),
        ("class_coverage", "all", 0.75),
        ("coverage_forgetting", "all", (1 - 0.75 + 1 - 0.75) / 2),
        ("mode_coverage", "all", (0.5 + 1) / 2),
        ("mode_coverage", "task-3", 0.0),
        ("mode_coverage", "lowest tenth", 1.0),
        ("mode_coverage", "highest tenth", 0.5),
        ("minority_share", "all", 0.0),
        ("generated_entropy", "all", np.log2(3)),
        ("of_no_class", "all", 0.25),
        ("reconstruction_rise", "all", (0.25 + 0.3) / 2),
        ("energy_correlation", "all", 0.0),  # 1 in the first task and -1 in the second
    ],
)
def test_by_hand(samples: GenerationSamples, metric: str, subset: str, value: float) -> None:
    column = Column(metric=metric, subset=subset)
    again = GenerationSamples.read(stored_table(samples))
    for each in (samples, again):
        found = each.value(column)
        assert found is not None
        assert found.value == pytest.approx(value)


def test_there_is_nothing_where_nothing_was_measured(samples: GenerationSamples) -> None:
    for metric, subset in (
        ("reconstruction_rise", "task-3"),
        ("class_coverage", "lowest tenth"),
        ("buffer_bytes", "all"),
    ):
        assert samples.value(Column(metric=metric, subset=subset)) is None

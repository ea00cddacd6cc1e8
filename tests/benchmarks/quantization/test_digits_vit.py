"""quantization/digits-vit: the network by recipe, and its splits."""

from __future__ import annotations

import numpy as np
import pytest

from suite.benchmarks.quantization.digits_vit import DigitsViTTask, partition
from suite.contracts import Resources
from suite.tracks.quantization.evaluation import Evaluation


def test_the_partition_is_fixed_and_whole(resources: Resources) -> None:
    parts = [split.rows(resources) for split in partition()]
    assert [len(part) for part in parts] == [1000, 197, 600]
    assert sorted(np.concatenate(parts)) == list(range(1797))
    assert all(np.array_equal(one, other.rows(resources)) for one, other in zip(parts, partition(), strict=True))


@pytest.mark.slow  # it is trained for half a minute
def test_the_network_has_learned_digits(resources: Resources) -> None:
    task = DigitsViTTask()
    assert Evaluation(task.model(), task.test(resources), resources).accuracy(task.model().load(resources)) > 0.93

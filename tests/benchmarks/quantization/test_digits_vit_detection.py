"""quantization/digits-vit-detection: the splits, the gates of the network, and a cell that loses detection first."""

from __future__ import annotations

import numpy as np
import pytest

from suite.benchmarks.quantization.digits_vit_detection import LEFT_OUT, DigitsViTDetectionTask, partition
from suite.contracts import Resources, TaskContext
from suite.plugins.quantization.fp32 import FP32
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.run.evaluation import Evaluated, evaluate, prepare


@pytest.fixture(scope="module")
def context(resources: Resources) -> TaskContext:
    task = DigitsViTDetectionTask()
    context = TaskContext(0, resources, task.setting({"precision": "W4A4"}))
    prepare(task, context)
    return context


def scores(evaluated: Evaluated) -> dict[tuple[str, str], float]:
    return {(each.metric, each.subset): each.value for each in evaluated.scores}


def test_the_splits_are_disjoint_and_know_no_digit_that_was_left_out(resources: Resources) -> None:
    parts = [split.rows(resources) for split in partition(resources)]
    assert [len(part) for part in parts] == [500, 180, 393]
    outside = DigitsViTDetectionTask().outside(resources)["near/left-out-digits"].rows(resources)
    together = np.concatenate([*parts, outside])
    assert sorted(together) == list(range(1797))
    labels = DigitsViTDetectionTask().data()[0].open(resources).labels
    assert set(labels[outside]) == set(LEFT_OUT)


@pytest.mark.slow
def test_the_original_keeps_all_and_four_bits_lose_detection_before_accuracy(context: TaskContext) -> None:
    task = DigitsViTDetectionTask()
    whole = scores(evaluate(task, FP32(), context))
    assert whole["accuracy", "test"] > 0.93
    assert whole["auroc", "near-energy"] > 0.75
    assert whole["auroc", "near-knn"] > 0.75
    assert whole["kept", "near"] == whole["kept", "far"] == whole["kept", "accuracy"] == 1
    few = scores(evaluate(task, RTNMinMax(), context))
    assert few["lead", "near"] < 0
    assert few["lead", "far"] < 0
    assert 0 < few["kept", "near"] < few["kept", "accuracy"] < 1

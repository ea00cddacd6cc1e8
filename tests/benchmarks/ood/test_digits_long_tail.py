"""ood/digits-long-tail: the frequencies of the classes, and images that are in one part only."""

from __future__ import annotations

import numpy as np
import pytest

from suite.benchmarks.ood.digits import IN
from suite.benchmarks.ood.digits_long_tail import TEST, TRAIN, DigitsLongTailTask
from suite.contracts import Column, Resources, TaskContext
from suite.plugins.ood.erm import ERM

TASK = DigitsLongTailTask()


@pytest.mark.parametrize("imbalance", ["1", "50", "100"])
def test_training_is_long_tailed_and_the_tests_are_not(imbalance: str, resources: Resources) -> None:
    splits = TASK.splits(3, resources, TASK.setting({"imbalance": imbalance}))
    counts = {
        name: np.bincount(split.targets(resources), minlength=len(IN))
        for name, split in {"train": splits.train, **splits.inside}.items()
    }
    assert counts["train"].max() == TRAIN
    assert counts["train"].min() == max(1, round(TRAIN / int(imbalance)))
    assert set(counts["csid/uniform"]) == {TEST}
    order = np.argsort(counts["train"])
    assert np.array_equal(counts["csid/inverted"][order], counts["id"][order][::-1])
    assert np.array_equal(splits.groups, splits.train.targets(resources))


def test_no_test_image_is_trained_on_and_labels_follow_the_digits(resources: Resources) -> None:
    splits = TASK.splits(0, resources, TASK.setting({}))
    seen = {*splits.train.rows(resources), *splits.validation.rows(resources)}
    assert len(seen) == len(splits.train.rows(resources)) + len(splits.validation.rows(resources))
    for split in splits.inside.values():
        assert not seen & set(split.rows(resources))
        digits = split.data.open(resources).labels[split.rows(resources)]
        assert np.array_equal(np.asarray(IN)[split.targets(resources)], digits)
    assert set(splits.test.rows(resources)) <= set(splits.shifted["uniform"].rows(resources))


@pytest.mark.slow
def test_rare_classes_are_known_less(resources: Resources) -> None:
    """Where training is even, no frequency of a test makes a difference that large."""
    for imbalance, least, most in (("100", 0.08, 1.0), ("1", -0.05, 0.05)):
        outcome = TASK.evaluate(ERM(), TaskContext(0, resources, TASK.setting({"imbalance": imbalance})))
        accuracy = [outcome.samples.value(Column(metric="accuracy", subset=name)) for name in ("id", "csid/inverted")]
        assert least < accuracy[0].value - accuracy[1].value < most

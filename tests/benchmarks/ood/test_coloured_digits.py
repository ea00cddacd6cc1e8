"""ood/coloured-digits: how often the colour agrees, and the gate that says that colour is what misleads."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite.benchmarks.ood.coloured_digits import TRANSFORM, ColouredDigitsTask
from suite.benchmarks.ood.digits import DIGITS, IN
from suite.contracts import Column, Outcome, Resources, TaskContext
from suite.plugins.ood.erm import ERM
from suite.plugins.ood.grey import Grey

TASK = ColouredDigitsTask()
CHANCE = 1 / len(IN)


def evaluate(method: type[ERM | Grey], strength: str, resources: Resources, seed: int = 0) -> Outcome:
    return TASK.evaluate(method(), TaskContext(seed, resources, TASK.setting({"strength": strength})))


def value(outcome: Outcome, metric: str, subset: str) -> float:
    return outcome.samples.value(Column(metric=metric, subset=subset)).value


@pytest.mark.parametrize("strength", ["100", "95", "50"])
def test_colours_agree_as_often_as_the_dial_says(strength: str, resources: Resources) -> None:
    splits = TASK.splits(0, resources, TASK.setting({"strength": strength}))
    agree = 1 - splits.groups % 2
    assert agree.mean() == pytest.approx(int(strength) / 100, abs=0.05)
    assert np.array_equal(splits.groups // 2, splits.train.targets(resources))
    apart = agree[splits.environments == 0].mean() - agree[splits.environments == 1].mean()
    assert apart == pytest.approx(1 - int(strength) / 100, abs=0.07)
    agreeing = {name: float(1 - (groups % 2).mean()) for name, groups in splits.test_groups.items()}
    assert agreeing["id"] == pytest.approx(int(strength) / 100, abs=0.06)
    assert agreeing["csid/random"] == pytest.approx(CHANCE, abs=0.05)
    assert agreeing["csid/conflicting"] == 0


def test_the_largest_channel_is_the_grey_image_in_every_test(resources: Resources) -> None:
    splits = TASK.splits(1, resources, TASK.setting({}))
    grey = DIGITS.open(resources)
    for split in (splits.train, *splits.inside.values(), *splits.near.values()):
        rows = split.rows(resources)[:20]
        pixels = split.pixels(TRANSFORM, resources)[:20].amax(dim=3)
        assert torch.equal(pixels, torch.from_numpy(np.stack([grey.image(row) for row in rows])))


def test_a_colour_is_the_same_whatever_the_test_shares(resources: Resources) -> None:
    """The shifted sets are the clean test's images, and no image is trained on."""
    splits = TASK.splits(2, resources, TASK.setting({}))
    for split in splits.shifted.values():
        assert np.array_equal(split.rows(resources), splits.test.rows(resources))
        assert not set(split.rows(resources)) & set(splits.train.rows(resources))
    assert splits.test.identity(resources)["data"] != splits.shifted["random"].identity(resources)["data"]


def test_colour_misleads_plain_training_and_not_the_oracle(resources: Resources) -> None:
    """The gate, at the strongest colour: below chance where it conflicts, and as right as ever without it."""
    misled, oracle = (evaluate(method, "100", resources) for method in (ERM, Grey))
    assert value(misled, "accuracy", "id") > 0.97
    assert value(misled, "worst_group_accuracy", "shifted") < CHANCE
    assert value(misled, "accuracy", "csid/conflicting") < CHANCE
    accuracies = [value(oracle, "accuracy", subset) for subset in ("id", "csid/random", "csid/conflicting")]
    assert min(accuracies) == max(accuracies) > 0.93
    assert value(oracle, "worst_group_accuracy", "shifted") > 0.75


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 4])
def test_plain_training_falls_along_the_dial_and_the_oracle_does_not(seed: int, resources: Resources) -> None:
    misled, oracle = (
        [value(evaluate(method, strength, resources, seed), "accuracy", "shifted") for strength in strengths]
        for method, strengths in ((ERM, ("50", "95", "100")), (Grey, ("95",)))
    )
    assert misled == sorted(misled, reverse=True)
    assert oracle[0] > 0.93 > misled[1] + 0.2

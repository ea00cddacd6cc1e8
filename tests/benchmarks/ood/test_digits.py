"""ood/digits: the splits, and the gate that says it can rank methods."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_rel

from suite.benchmarks.ood.digits import DIGITS, IN, LEFT_OUT, DigitsTask
from suite.contracts import Column, Outcome, Resources, TaskContext
from suite.contracts.samples import stored_table
from suite.registry import load_registry

METHODS = {entry.value.name: entry.value for entry in load_registry().methods_of("ood")}


def evaluate(name: str, seed: int, resources: Resources) -> Outcome:
    return DigitsTask().evaluate(METHODS[name](), TaskContext(seed, resources))


def value(outcome: Outcome, metric: str, subset: str) -> float:
    return outcome.samples.value(Column(metric=metric, subset=subset)).value


@pytest.mark.parametrize("seed", DigitsTask.seeds)
def test_splits_are_disjoint_and_complete(seed: int, resources: Resources) -> None:
    splits = DigitsTask().splits(seed, resources)
    parts = [splits.train, splits.validation, splits.test, splits.near["left-out-digits"]]
    rows = np.concatenate([part.rows(resources) for part in parts])
    assert sorted(rows) == list(range(1797))
    assert [len(part.rows(resources)) for part in parts[:2]] == [500, 60]
    labels = DIGITS.open(resources).labels
    assert set(labels[parts[3].rows(resources)]) == set(LEFT_OUT)
    assert set(splits.train.targets(resources)) == set(range(len(IN)))
    assert np.array_equal(np.asarray(IN)[splits.train.targets(resources)], labels[splits.train.rows(resources)])


def test_tuning_and_outliers_see_no_test_image(resources: Resources) -> None:
    for seed in DigitsTask.seeds:
        splits = DigitsTask().splits(seed, resources)
        for jigsaws, made_of in ((splits.validation_ood, splits.validation), (splits.outliers, splits.train)):
            source = jigsaws["jigsaw"].data.source
            assert set(source.rows) == set(made_of.rows(resources))
            assert not set(source.rows) & set(splits.test.rows(resources))
            assert len(jigsaws["jigsaw"].rows(resources)) == 500


def test_the_gate_holds(resources: Resources) -> None:
    """MSP's near AUROC lies between 80 and 95 % for every seed, and methods differ by more than seed noise."""
    near = {
        name: [value(evaluate(name, seed, resources), "auroc", "near") for seed in DigitsTask.seeds]
        for name in ("msp", "energy", "vim", "field-potential")
    }
    print({name: np.round(100 * np.array(values), 2).tolist() for name, values in near.items()})
    assert all(0.80 <= each <= 0.95 for each in near["msp"])
    assert ttest_rel(near["vim"], near["energy"]).pvalue < 0.05
    for better, worse, spread in (("vim", "energy", "vim"), ("field-potential", "msp", "msp")):
        assert np.mean(near[better]) - np.mean(near[worse]) > np.std(near[spread], ddof=1)


def test_the_same_cell_gives_the_same_scores(resources: Resources) -> None:
    one, other = (evaluate("field-potential", 1, resources) for _ in range(2))
    assert stored_table(one.samples).equals(stored_table(other.samples))


def test_the_network_is_a_good_classifier(resources: Resources) -> None:
    for seed in DigitsTask.seeds:
        assert value(evaluate("msp", seed, resources), "id_accuracy", "id") >= 0.93

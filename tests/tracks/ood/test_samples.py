"""Scores from the per-sample table: what counts as ID, and the round trip through the table."""

from __future__ import annotations

import numpy as np
import pytest

from suite.tracks.ood.metrics import auroc
from suite.tracks.ood.samples import Samples, all_scores

SUBSETS = ("near", "far", "near/a", "near/b", "far/c", "id", "csid/fog", "csid/snow")
rng = np.random.default_rng(0)
COUNTS = {"id": 50, "csid/fog": 20, "csid/snow": 30, "near/a": 40, "near/b": 10, "far/c": 25}
SCORES = {name: rng.normal(loc=1.0 if "id" in name else 0.0, size=count) for name, count in COUNTS.items()}
PREDICTED = {name: rng.integers(3, size=count) for name, count in COUNTS.items()}
LABELS = {name: rng.integers(3, size=count) for name, count in COUNTS.items() if "id" in name}


def values(samples: Samples, subsets: tuple[str, ...] = SUBSETS) -> dict[tuple[str, str], object]:
    return {(score.metric, score.subset): score for score in all_scores(samples, subsets)}


def test_all_id_is_pooled_against_ood_and_each_shifted_set_stands_alone() -> None:
    found = values(Samples(SCORES, PREDICTED, LABELS))
    pool = np.concatenate([SCORES["id"], SCORES["csid/fog"], SCORES["csid/snow"]])
    assert found["auroc", "near/a"].value == auroc(pool, SCORES["near/a"])
    assert found["auroc", "near/a"].n == 100 + 40
    assert found["auroc", "far"].value == auroc(pool, SCORES["far/c"])
    near = [SCORES["near/a"], SCORES["near/b"]]
    assert found["auroc", "near"].value == pytest.approx(np.mean([auroc(pool, scores) for scores in near]))
    fog = found["auroc", "csid/fog"]
    assert fog.value == pytest.approx(np.mean([auroc(SCORES["csid/fog"], scores) for scores in near]))
    assert (fog.n, fog.partial) == (2, False)
    assert fog.interval.low < fog.value < fog.interval.high
    assert ("auroc", "id") not in found
    for subset in LABELS:
        assert found["id_accuracy", subset].value == (PREDICTED[subset] == LABELS[subset]).mean()


def test_a_missing_near_set_makes_the_shifted_ones_partial_too() -> None:
    scores = {name: values for name, values in SCORES.items() if name != "near/b"}
    found = values(Samples(scores, PREDICTED, LABELS))
    assert found["auroc", "csid/fog"].partial
    assert found["auroc", "csid/fog"].value == auroc(SCORES["csid/fog"], SCORES["near/a"])
    without = {name: values for name, values in SCORES.items() if not name.startswith("near/")}
    assert ("auroc", "csid/fog") not in values(Samples(without, PREDICTED, LABELS))
    assert ("id_accuracy", "csid/fog") in values(Samples(without, PREDICTED, LABELS))


def test_the_table_holds_all_that_the_scores_need() -> None:
    samples = Samples(SCORES, PREDICTED, LABELS)
    table = samples.to_table({name: np.arange(count) for name, count in COUNTS.items()})
    assert all_scores(Samples.from_table(table), SUBSETS) == all_scores(samples, SUBSETS)
    labels = table.to_pandas().groupby("subset", observed=True).label.min()
    assert all((labels[name] == -1) == (name not in LABELS) for name in COUNTS)

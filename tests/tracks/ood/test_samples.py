"""Scores from the samples of a cell: what counts as ID, what is missing, and what tables hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from suite.contracts import Column, Resources, Score, Value
from suite.contracts.samples import stored_table
from suite.data.dataset import DataSet
from suite.models.network import Network
from suite.run.scoring import scores_of
from suite.tracks.ood.metrics import auroc
from suite.tracks.ood.protocol import OODTask
from suite.tracks.ood.samples import DetectionSamples
from suite.tracks.ood.splits import Splits


class Shifted(OODTask):
    """Two near sets, one far, two shifted ones."""

    id, version, tier, title, summary, seeds = "ood/shifted", "1", "embedded", "Shifted", "None.", (0,)
    near, far, shifted = ("a", "b"), ("c",), ("fog", "snow")

    def splits(self, seed: int, resources: Resources) -> Splits:
        raise NotImplementedError

    def model(self, seed: int) -> Network:
        raise NotImplementedError

    def data(self) -> tuple[DataSet, ...]:
        return ()


rng = np.random.default_rng(0)
COUNTS = {"id": 50, "csid/fog": 20, "csid/snow": 30, "near/a": 40, "near/b": 10, "far/c": 25}
SCORES = {name: rng.normal(loc=1.0 if "id" in name else 0.0, size=count) for name, count in COUNTS.items()}
PREDICTED = {name: rng.integers(3, size=count) for name, count in COUNTS.items()}
LABELS = {name: rng.integers(3, size=count) for name, count in COUNTS.items() if "id" in name}


def samples(without: tuple[str, ...] = ()) -> DetectionSamples:
    counts = {name: count for name, count in COUNTS.items() if name not in without}
    labels = {**{name: np.full(count, -1) for name, count in counts.items()}, **LABELS}
    arrays: dict[str, Any] = {
        "subset": np.repeat(np.array(list(counts), dtype=object), list(counts.values())),
        "row": np.concatenate([np.arange(count) for count in counts.values()]),
        "score": np.concatenate([SCORES[name] for name in counts]),
        "predicted": np.concatenate([PREDICTED[name] for name in counts]),
        "label": np.concatenate([labels[name] for name in counts]),
    }
    return Shifted.samples(**arrays)


def values(of: DetectionSamples) -> dict[tuple[str, str], Score]:
    return {(score.metric, score.subset): score for score in scores_of(Shifted(), of)}


def test_all_id_is_pooled_against_ood_and_each_shifted_set_stands_alone() -> None:
    found = values(samples())
    pool = np.concatenate([SCORES["id"], SCORES["csid/fog"], SCORES["csid/snow"]])
    assert found["auroc", "near/a"].value == auroc(pool, SCORES["near/a"])
    assert found["auroc", "near/a"].n == 100 + 40
    assert found["auroc", "far"].value == auroc(pool, SCORES["far/c"])
    near = [SCORES["near/a"], SCORES["near/b"]]
    assert found["auroc", "near"].value == pytest.approx(np.mean([auroc(pool, scores) for scores in near]))
    fog = found["auroc", "csid/fog"]
    assert fog.value == pytest.approx(np.mean([auroc(SCORES["csid/fog"], scores) for scores in near]))
    assert (fog.n, fog.partial) == (2, False)
    assert fog.interval is not None
    assert fog.interval.low < fog.value < fog.interval.high
    assert ("auroc", "id") not in found
    for subset in LABELS:
        assert found["id_accuracy", subset].value == (PREDICTED[subset] == LABELS[subset]).mean()


def test_a_missing_near_set_makes_the_shifted_ones_partial_too() -> None:
    found = values(samples(without=("near/b",)))
    assert found["auroc", "csid/fog"].partial
    assert found["auroc", "csid/fog"].value == auroc(SCORES["csid/fog"], SCORES["near/a"])
    without = values(samples(without=("near/a", "near/b")))
    assert ("auroc", "csid/fog") not in without
    assert ("id_accuracy", "csid/fog") in without


def test_the_table_holds_all_that_the_scores_need() -> None:
    table = stored_table(samples())
    assert values(Shifted.samples.read(table)) == values(samples())
    labels = table.to_pandas().groupby("subset", observed=True).label.min()
    assert all((labels[name] == -1) == (name not in LABELS) for name in COUNTS)


def test_the_table_of_an_earlier_version_is_read() -> None:
    """It has the subsets as a dictionary, and nothing in its metadata."""
    table = stored_table(samples(without=("near/b",)))
    old = pa.table({name: table[name] for name in table.column_names})
    old = old.set_column(0, "subset", table["subset"].dictionary_encode())
    assert values(Shifted.samples.read(old)) == values(samples(without=("near/b",)))


def test_each_interval_names_its_own_basis() -> None:
    found = values(samples())
    bases = {metric: score.interval and score.interval.basis for (metric, _), score in found.items()}
    assert bases == {
        "auroc": "DeLong over samples",
        "fpr95": "stratified bootstrap over samples",
        "fpr95_ood": "stratified bootstrap over samples",
        "aupr_in": None,
        "aupr_out": None,
        "id_accuracy": None,
    }
    for subset in ("near", "far/c", "csid/fog"):
        influence, resampled = (
            ask(Column(metric="auroc", subset=subset)) for ask in (samples().influence, samples().resampled)
        )
        assert influence is not None
        assert resampled is not None
        assert (influence.basis, resampled.basis) == (bases["auroc"], bases["fpr95"])
        assert resampled.values.mean() == pytest.approx(found["auroc", subset].value, abs=0.02)


def test_average_precision_and_accuracy_have_neither_influence_nor_resamples() -> None:
    for metric, subset in (("aupr_in", "near"), ("id_accuracy", "id"), ("auroc", "id")):
        column = Column(metric=metric, subset=subset)
        assert samples().influence(column) is None
        assert samples().resampled(column) is None


def test_a_subset_that_is_missing_has_no_value() -> None:
    few = samples(without=("far/c",))
    assert few.value(Column(metric="auroc", subset="far/c")) is None
    assert few.value(Column(metric="fpr95", subset="far")) is None
    assert isinstance(few.value(Column(metric="fpr95", subset="near")), Value)

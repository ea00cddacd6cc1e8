"""Every score of a network follows from its samples: by hand, and against libraries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import log_softmax, logsumexp
from sklearn.metrics import log_loss, roc_auc_score

from suite.contracts import Column, Resources, Setting, Value
from suite.data.dataset import DataSet
from suite.measures.calibration import brier_scores, calibration_error, log_scores
from suite.models.network import Network
from suite.stats.sampled import estimate
from suite.tracks.ood.generalization.protocol import GeneralizationTask
from suite.tracks.ood.generalization.samples import PredictedSamples
from suite.tracks.ood.generalization.splits import GroupedSplits

CLASSES = 4
COUNTS = {"id": 80, "csid/fog": 60, "csid/snow": 50, "near/a": 40, "near/b": 30, "far/c": 20}


class Shifted(GeneralizationTask):
    """Two shifted sets, two near ones, one far."""

    id, version, tier, title, summary, seeds = "ood/shifted", "1", "embedded", "Shifted", "None.", (0,)
    shifted, near, far = ("fog", "snow"), ("a", "b"), ("c",)

    def data(self) -> tuple[DataSet, ...]:
        return ()

    def splits(self, seed: int, resources: Resources, setting: Setting) -> GroupedSplits:
        raise NotImplementedError

    def model(self, seed: int) -> Network:
        raise NotImplementedError


def drawn(without: tuple[str, ...] = ()) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], PredictedSamples]:
    """Return logits, labels, and the samples of them."""
    rng = np.random.default_rng(0)
    logits = {name: 2 * rng.normal(size=(count, CLASSES)) for name, count in COUNTS.items()}
    labels = {name: rng.integers(CLASSES, size=count) for name, count in COUNTS.items() if "id" in name}
    parts: list[dict[str, Any]] = []
    for name, values in logits.items():
        inside, count = name in labels, len(values)
        if inside:
            values[np.arange(count), labels[name]] += 1
        parts.append(
            {
                "subset": np.full(count, name, dtype=object),
                "row": np.arange(count),
                "label": labels[name] if inside else np.full(count, -1),
                "group": np.arange(count) % 3 if inside else np.full(count, -1),
                "predicted": values.argmax(axis=1),
                "log_confidence": log_softmax(values, axis=1).max(axis=1),
                "energy": logsumexp(values, axis=1),
                "log_score": log_scores(values, labels[name]) if inside else np.zeros(count),
                "brier_score": brier_scores(values, labels[name]) if inside else np.zeros(count),
            }
        )
    kept = [part for part in parts if part["subset"][0] not in without]
    return logits, labels, Shifted.samples(**{key: np.concatenate([part[key] for part in kept]) for key in kept[0]})


LOGITS, LABELS, SAMPLES = drawn()


def value(metric: str, subset: str, of: PredictedSamples = SAMPLES) -> Value | None:
    return of.value(Column(metric=metric, subset=subset))


def test_the_columns_are_those_of_the_sets() -> None:
    assert Shifted.subsets[:4] == ("shifted", "id", "near", "far")
    assert set(Shifted.subsets[4:]) == set(COUNTS) - {"id"}


def test_accuracy_and_proper_scores_are_those_of_the_logits() -> None:
    hits = {name: LOGITS[name].argmax(axis=1) == labels for name, labels in LABELS.items()}
    assert value("accuracy", "id").value == pytest.approx(hits["id"].mean())
    both = (hits["csid/fog"].mean() + hits["csid/snow"].mean()) / 2
    assert value("accuracy", "shifted").value == pytest.approx(both)
    losses = {name: log_loss(LABELS[name], np.exp(log_softmax(LOGITS[name], axis=1))) for name in LABELS}
    assert value("log_score", "id").value == pytest.approx(losses["id"])
    assert value("log_score", "shifted").value == pytest.approx((losses["csid/fog"] + losses["csid/snow"]) / 2)
    probabilities = np.exp(log_softmax(LOGITS["csid/fog"], axis=1))
    brier = np.square(probabilities - np.eye(CLASSES)[LABELS["csid/fog"]]).sum(axis=1).mean()
    assert value("brier_score", "csid/fog").value == pytest.approx(brier)
    for metric in ("accuracy", "log_score", "brier_score"):
        influence = SAMPLES.influence(Column(metric=metric, subset="shifted"))
        assert estimate(influence.strata) == pytest.approx(value(metric, "shifted").value)
        assert value(metric, "near") is None


def test_the_worst_group_is_over_all_shifted_images() -> None:
    groups = {name: np.arange(len(labels)) % 3 for name, labels in LABELS.items()}
    names = ("csid/fog", "csid/snow")
    hits = np.concatenate([LOGITS[name].argmax(axis=1) == LABELS[name] for name in names])
    numbers = np.concatenate([groups[name] for name in names])
    worst = value("worst_group_accuracy", "shifted")
    assert worst.value == pytest.approx(min(hits[numbers == group].mean() for group in range(3)))
    assert worst.n == len(hits)


def test_groups_of_few_images_do_not_count() -> None:
    few = SAMPLES.subset == "id"
    group = np.where(few & (SAMPLES.row < 9), 5, SAMPLES.group)
    predicted = np.where(few & (SAMPLES.row < 9), (SAMPLES.label + 1) % CLASSES, SAMPLES.predicted)
    changed = Shifted.samples(**{**vars(SAMPLES), "group": group, "predicted": predicted})
    assert value("worst_group_accuracy", "id", changed).value > 0
    none = Shifted.samples(**{**vars(SAMPLES), "group": np.full(len(group), -1)})
    assert value("worst_group_accuracy", "id", none) is None


def test_calibration_is_the_measures_own() -> None:
    errors = {}
    for name, labels in LABELS.items():
        confidence = np.exp(log_softmax(LOGITS[name], axis=1)).max(axis=1)
        errors[name] = calibration_error(confidence, LOGITS[name].argmax(axis=1) == labels)
        found = value("calibration_error", name)
        assert found.value == pytest.approx(errors[name])
        assert found.interval.low <= found.interval.high
    shifted = value("calibration_error", "shifted")
    assert shifted.value == pytest.approx((errors["csid/fog"] + errors["csid/snow"]) / 2)
    assert shifted.interval is None


@pytest.mark.parametrize(("metric", "score"), [("auroc_energy", logsumexp), ("auroc_msp", None)])
def test_detection_is_clean_against_ood(metric: str, score: Any) -> None:
    scores = {n: score(v, axis=1) if score else log_softmax(v, axis=1).max(axis=1) for n, v in LOGITS.items()}

    def area(name: str) -> float:
        return float(roc_auc_score([1] * 80 + [0] * COUNTS[name], np.concatenate([scores["id"], scores[name]])))

    assert value(metric, "near").value == pytest.approx((area("near/a") + area("near/b")) / 2)
    assert value(metric, "far/c").value == pytest.approx(area("far/c"))
    assert value(metric, "id") is None


def test_a_missing_set_makes_the_mean_partial_and_no_set_leaves_no_value() -> None:
    _, _, fewer = drawn(without=("near/b", "far/c"))
    assert value("auroc_energy", "near", fewer).partial
    assert value("auroc_energy", "far", fewer) is None
    assert not value("accuracy", "shifted", fewer).partial


def test_pictures_are_of_what_detectors_see() -> None:
    assert [picture.title for picture in SAMPLES.pictures("near")] == ["Scores", "ROC curve"]
    assert SAMPLES.pictures("shifted") == ()

"""What is kept of detection and accuracy, against its definition, on samples whose answers are known."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.contracts import Column
from suite.measures.detection import auroc
from suite.tracks.quantization.detection.samples import KeptSamples

INSIDE, OUTSIDE = 60, (40, 30, 20)
SUBSETS = ("test", "near/letters", "far/noise", "far/patches")


class Made(KeptSamples):
    sets = {"near": 1, "far": 2}
    classes = 4


def made(seed: int, blur: float = 0.5) -> KeptSamples:
    """Return samples of a network that is right four times in five, and of one with blurred scores."""
    rng = np.random.default_rng(seed)
    counts = (INSIDE, *OUTSIDE)
    subset = np.repeat(np.array(SUBSETS, dtype=object), counts)
    inside = subset == "test"
    label = np.where(inside, rng.integers(0, 4, len(subset)), -1)
    reference = np.where(rng.random(len(subset)) < 0.8, np.maximum(label, 0), rng.integers(0, 4, len(subset)))
    predicted = np.where(rng.random(len(subset)) < blur / 2, rng.integers(0, 4, len(subset)), reference)
    energy, knn = (2 * inside + rng.standard_normal(len(subset)) for _ in range(2))
    return Made(
        subset=subset,
        row=np.arange(len(subset)),
        label=label,
        reference=reference,
        predicted=predicted,
        reference_energy=energy,
        energy=energy + blur * rng.standard_normal(len(subset)),
        reference_knn=knn,
        knn=knn + blur * rng.standard_normal(len(subset)),
        confidence=rng.uniform(0.25, 1, len(subset)),
        log_score=np.where(inside, rng.exponential(size=len(subset)), 0.0),
        brier_score=np.where(inside, rng.uniform(0, 2, len(subset)), 0.0),
        hard=label == 2,
    )


def value(samples: KeptSamples, metric: str, subset: str) -> float:
    found = samples.value(Column(metric=metric, subset=subset))
    assert found is not None
    return found.value


def mean_auroc(samples: KeptSamples, scores: np.ndarray, group: str) -> float:
    inside = scores[samples.subset == "test"]
    sets = [name for name in SUBSETS if name.startswith(group)]
    return float(np.mean([auroc(inside, scores[samples.subset == name]) for name in sets]))


@given(st.integers(0, 500))
def test_values_are_their_definitions(seed: int) -> None:
    samples = made(seed)
    inside = samples.subset == "test"
    now, was = (float((said == samples.label)[inside].mean()) for said in (samples.predicted, samples.reference))
    told = (now - 0.25) / (was - 0.25)
    assert value(samples, "accuracy", "test") == pytest.approx(now)
    assert value(samples, "accuracy_drop", "test") == pytest.approx(was - now)
    assert value(samples, "kept", "accuracy") == pytest.approx(told)
    hard = samples.label == 2
    assert value(samples, "accuracy", "hardest-classes") == pytest.approx((samples.predicted == 2)[hard].mean())
    for group in ("near", "far"):
        kept = []
        for detector in ("energy", "knn"):
            scores, before = getattr(samples, detector), getattr(samples, f"reference_{detector}")
            area, area_before = mean_auroc(samples, scores, group), mean_auroc(samples, before, group)
            kept.append((area - 0.5) / (area_before - 0.5))
            assert value(samples, "auroc", f"{group}-{detector}") == pytest.approx(area)
            assert value(samples, "kept", f"{group}-{detector}") == pytest.approx(kept[-1])
            assert value(samples, "lead", f"{group}-{detector}") == pytest.approx(kept[-1] - told)
        assert value(samples, "kept", group) == pytest.approx(np.mean(kept))
        assert value(samples, "lead", group) == pytest.approx(np.mean(kept) - told)


def test_a_network_that_is_its_original_keeps_all_and_nothing_leads() -> None:
    same = made(0, blur=0.0)
    for group in ("near", "far"):
        assert value(same, "kept", group) == pytest.approx(1)
        assert value(same, "lead", group) == pytest.approx(0, abs=1e-12)
    assert value(same, "kept", "accuracy") == 1


def test_a_stored_table_gives_the_values_again() -> None:
    samples = made(1)
    again = Made.read(samples.table())
    for column in (("kept", "near"), ("lead", "far-knn"), ("calibration_error", "test"), ("brier_score", "test")):
        assert value(again, *column) == value(samples, *column)


def test_what_is_missing_is_told() -> None:
    samples = made(2)
    fewer = _of(samples, samples.subset != "far/noise")
    far, near = (fewer.value(Column(metric="kept", subset=group)) for group in ("far", "near"))
    assert far is not None
    assert far.partial
    assert near is not None
    assert not near.partial
    none = _of(samples, ~np.isin(samples.subset, ["far/noise", "far/patches"]))
    assert none.value(Column(metric="kept", subset="far")) is None
    assert none.value(Column(metric="log_score", subset="near")) is None


def test_a_network_near_chance_has_nothing_to_keep() -> None:
    samples = made(3)
    guessing = replace(samples, reference_energy=np.zeros(len(samples.row)))
    with pytest.raises(ValueError, match=r"0\.0 points above chance, so there is nothing to keep"):
        value(guessing, "kept", "near")


def _of(samples: KeptSamples, rows: np.ndarray) -> KeptSamples:
    names = [each.name for each in fields(samples) if each.name != "measured"]
    return replace(samples, **{name: getattr(samples, name)[rows] for name in names})

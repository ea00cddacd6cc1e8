"""Samples along a dial: the failure point with its interval, images that come again, and words for a lead."""

from __future__ import annotations

import numpy as np
import pytest

from suite.contracts import Column
from suite.tracks.ood.generalization.severity import SeveritySamples, lead

SEVERITIES = (0.0, 0.5, 1.0)


def samples(accuracies: tuple[float, ...], count: int = 200) -> SeveritySamples:
    """Return samples of these accuracies at `SEVERITIES`: of every image, the first ones are right."""
    names = ["id", *(f"csid/severity-{severity:g}" for severity in SEVERITIES[1:])]
    predicted = np.concatenate([(np.arange(count) >= share * count).astype(np.int64) for share in accuracies])
    zero = np.zeros(len(predicted))
    return SeveritySamples(
        subset=np.repeat(np.array(names, dtype=object), count),
        row=np.tile(np.arange(count), len(names)),
        label=np.zeros_like(predicted),
        group=np.full_like(predicted, -1),
        predicted=predicted,
        log_confidence=zero,
        energy=zero,
        log_score=zero,
        brier_score=zero,
    )


def test_the_failure_point_lies_between_the_severities_with_its_interval() -> None:
    column = Column(metric="failure_point", subset="shifted")
    found = samples((0.9, 0.7, 0.1)).value(column)
    assert found is not None
    assert found.interval is not None
    assert found.value == pytest.approx(0.5 + 0.5 * 0.2 / 0.6)
    assert found.interval.low < found.value < found.interval.high
    assert samples((0.9, 0.8, 0.6)).value(column).value == 1
    assert samples((0.9, 0.7, 0.1)).value(Column(metric="failure_point", subset="id")) is None


def test_an_image_counts_once_however_many_severities_it_is_shown_at() -> None:
    made = samples((0.9, 0.6, 0.6))
    column = Column(metric="accuracy", subset="shifted")
    influence = made.influence(column)
    assert influence is not None
    (parts,) = influence.strata.values()
    assert len(parts) == 200
    assert parts.mean() == pytest.approx(made.value(column).value) == pytest.approx(0.6)
    assert parts.std() == pytest.approx(np.sqrt(0.6 * 0.4))  # the same images are right at both: no smaller for that


def test_the_picture_says_where_it_fails() -> None:
    (picture,) = samples((0.9, 0.7, 0.1)).pictures("shifted")
    assert "falls under 50 % at 0.67" in picture.description
    assert [point["accuracy"] for point in picture.spec["layer"][0]["data"]["values"]] == [0.9, 0.7, 0.1]


def test_a_lead_is_told_in_words() -> None:
    severities = np.array(SEVERITIES)
    known = np.array([0.9, 0.5, 0.1])
    assert lead(severities, known, known) == "the same at every severity"
    assert lead(severities, known - [0.1, -0.1, -0.1], known) == (
        "under it from severity 0.00 to 0.25, over it from severity 0.25 to 1.00"
    )
    assert lead(severities, known + 0.05, known) == "over it from severity 0.00 to 1.00"

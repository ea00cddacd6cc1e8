"""Learning curves: what is drawn is what was measured, and the gap after a change of task is seen."""

from __future__ import annotations

import altair as alt
import numpy as np
import pytest

from suite.tracks.replay.stream.accuracy import Curve
from suite.tracks.replay.stream.pictures import AFTER, MOST_POINTS, gaps, switches
from suite.tracks.replay.stream.samples import StreamSamples


def gapped(points: int = 40) -> StreamSamples:
    """Task 1 falls to 0.2 in the third step of task 2, and comes back."""
    training = np.repeat([0, 1], points)
    values = np.full((2 * points, 2), np.nan)
    values[:, 0] = 0.9
    values[points + 2, 0] = 0.2
    values[points:, 1] = 0.7
    curve = Curve(np.arange(1, 2 * points + 1), training, values)
    return StreamSamples(np.zeros(2), np.array([[0.9, 0], [0.9, 0.7]]), curve, np.array([10, 10]))


def test_the_gap_is_found_where_it_is() -> None:
    curve = gapped().curve
    assert switches(curve).tolist() == [40]
    found = gaps(curve, [0, 1])
    assert [since for _, since, _ in found] == list(range(AFTER + 1))
    assert min(found, key=lambda each: each[2]) == (1, 3, pytest.approx(-0.7))
    assert found[0] == (1, 0, 0.0)


def test_pictures_of_all_tasks() -> None:
    curves, gap = gapped().pictures("all")
    rows = curves.spec["layer"][1]["data"]["values"]
    assert {row["task"] for row in rows} == {"task-1", "task-2"}
    assert {"step": 43, "task": "task-1", "accuracy": 0.2} in rows
    assert [row["step"] for row in curves.spec["layer"][0]["data"]["values"]] == [40]
    assert "Deepest: -70 points, 3 steps into task-2" in gap.description
    for picture in (curves, gap):
        alt.Chart.from_dict({**picture.spec, "$schema": alt.SCHEMA_URL}) if "layer" not in picture.spec else (
            alt.LayerChart.from_dict(picture.spec)
        )


def test_the_last_task_has_no_gap_and_an_unknown_one_is_an_error() -> None:
    samples = gapped()
    assert len(samples.pictures("task-1")) == 2
    assert len(samples.pictures("task-2")) == 1
    with pytest.raises(ValueError, match="no task 'task-3'"):
        samples.pictures("task-3")


def test_long_curves_are_thinned_but_not_where_it_matters() -> None:
    rows = gapped(3000).pictures("task-1")[0].spec["layer"][1]["data"]["values"]
    assert len(rows) <= MOST_POINTS + AFTER + 1
    assert {row["step"] for row in rows} >= set(range(3000, 3000 + AFTER + 1))

"""Pictures of a real run: what they show is what the table says."""

from __future__ import annotations

import json
from collections.abc import Callable

import altair as alt
import numpy as np
import pytest

from suite.contracts import Column, Outcome, Picture
from suite.run.scoring import scores_of
from suite.tracks.replay.denoising.pictures import KEPT, LOST
from suite.tracks.replay.denoising.protocol import DenoisingTask


@pytest.fixture
def run(outcome: Callable[[str], Outcome]) -> Outcome:
    return outcome("top-energy")


@pytest.fixture
def pictures(run: Outcome) -> tuple[Picture, ...]:
    found = run.samples.pictures("all")
    for picture in found:
        text = json.dumps(picture.spec, allow_nan=False)
        alt.LayerChart.from_dict(json.loads(text))
    return found


def test_deciles_have_their_scores(pictures: tuple[Picture, ...], run: Outcome, task: DenoisingTask) -> None:
    rows = pictures[0].spec["data"]["values"]
    scores = {score.column: score for score in scores_of(task, run.samples)}
    assert [row["decile"] for row in rows] == list(range(1, 11))
    for row in rows:
        score = scores[Column(metric="reconstruction_forgetting", subset=f"decile-{row['decile']}")]
        assert score.interval is not None
        expected = (score.value, score.interval.low, score.interval.high)
        assert (row["forgetting"], row["low"], row["high"]) == pytest.approx(expected, rel=1e-4)
        assert row["samples"] == score.n == 20
    assert [row[KEPT] for row in rows] == [0] * 8 + [10, 20]
    assert f"{rows[0]['forgetting']:g} in the lowest decile" in pictures[0].description


def test_every_sample_is_drawn_and_those_replayed_are_marked(pictures: tuple[Picture, ...], run: Outcome) -> None:
    rows = pictures[1].spec["data"]["values"]
    old = run.samples.table().slice(0, 200)
    np.testing.assert_allclose([row["energy"] for row in rows], old["energy"].to_numpy(), rtol=1e-4)
    rise = old["after"].to_numpy() - old["before"].to_numpy()
    np.testing.assert_allclose([row["forgetting"] for row in rows], rise, rtol=1e-4)
    assert [row["buffer"] == KEPT for row in rows] == old["replayed"].to_pylist()
    assert {row["buffer"] for row in rows} == {KEPT, LOST}
    assert "200 task-1 samples, 30 of them replayed" in pictures[1].description


def test_images_of_task_2_have_no_pictures(run: Outcome) -> None:
    assert run.samples.pictures("new task") == ()

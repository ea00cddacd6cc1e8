"""Pictures of a run against the metric's own definition, and as Vega-Lite that draws what it says."""

from __future__ import annotations

import json

import altair
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.contracts import Picture
from suite.tracks.ood.metrics import auroc
from suite.tracks.ood.pictures import CURVE_POINTS, detection_pictures, histogram, roc, roc_picture, thinned

few = st.lists(st.integers(-3, 3), min_size=1, max_size=30)  # few values, many ties


@given(few, few)
def test_area_is_the_auroc_with_ties(inside: list[int], outside: list[int]) -> None:
    shares, accepted = roc(np.array(inside, float), np.array(outside, float))
    area = float(np.diff(shares) @ (accepted[1:] + accepted[:-1]) / 2)
    assert area == pytest.approx(auroc(inside, outside), abs=1e-12)
    assert (shares[0], accepted[0]) == (0, 0)
    assert (shares[-1], accepted[-1]) == (1, 1)


def test_thinning_keeps_the_ends_and_the_exact_area() -> None:
    generator = np.random.default_rng(0)
    pair = generator.normal(1, 1, 3000), generator.normal(0, 1, 3000)
    shares, accepted = thinned(*roc(*pair))
    assert shares.size == accepted.size == CURVE_POINTS
    assert (shares[0], shares[-1]) == (0, 1)
    assert (
        f"against x {auroc(*pair):.4f}, exact over 3000 and 3000 samples" in roc_picture({"x": pair}, "id").description
    )


@given(few, few)
def test_histogram_shares_add_up_whatever_lies_outside(inside: list[int], outside: list[int]) -> None:
    bars = histogram({"id": np.array([*inside, 1e9]), "x": np.array(outside, float)})
    for name in ("id", "x"):
        assert sum(bar["share"] for bar in bars if bar["subset"] == name) == pytest.approx(1)


@pytest.fixture
def pictures() -> tuple[Picture, ...]:
    rng = np.random.default_rng(0)
    outside = {"near/a": rng.normal(0, 1, 40), "near/b": rng.normal(0.5, 1, 30)}
    return detection_pictures(rng.normal(2, 1, 50), outside, "id")


def test_specifications_are_vega_lite_with_their_data_inline(pictures: tuple[Picture, ...]) -> None:
    for picture in pictures:
        altair.Chart.from_dict(json.loads(json.dumps(picture.spec, allow_nan=False)))  # checked against the schema
        assert picture.spec["height"] > 0


def test_all_sets_that_a_column_compares_are_drawn(pictures: tuple[Picture, ...]) -> None:
    histograms, curves = pictures
    assert {bar["subset"] for bar in histograms.spec["data"]["values"]} == {"id", "near/a", "near/b"}
    assert {point["against"] for point in curves.spec["layer"][1]["data"]["values"]} == {"near/a", "near/b"}
    assert "median of near/a" in histograms.description
    assert curves.spec["encoding"]["y"]["title"] == "accepted of id"

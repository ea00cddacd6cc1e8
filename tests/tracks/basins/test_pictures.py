"""Pictures of real answers: what they show is what the table says."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import numpy as np
import pytest
from torch import Tensor

from suite.contracts import Card, Picture, Resources, TaskContext
from suite.plugins.basins.one_basin import OneBasin
from suite.tracks.basins import BasinContext, BasinDetector, Partition
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.dynamics.oracle import components
from suite.tracks.basins.landscape import HIGHEST
from suite.tracks.basins.pictures import COLOURS, NOTHING, basin_pictures, renumbered
from suite.tracks.basins.protocol import BasinTask
from suite.tracks.basins.samples import BasinSamples


class Small(BasinTask):
    """One system of each dimension."""

    id, version, tier, title, summary = "basins/small", "1", "embedded", "Small", "Two problems."
    seeds = (0,)
    systems = ("double-well", "triple-well")
    embeddings = (Embedding("linear", 4),)


class Distances(BasinDetector):
    """Estimates the risk by the distance of the mean states, and can tell two basins at most."""

    name, version = "distances", "1"
    card = Card(title="Distances", status="baseline")

    def partition(self, trajectories: Tensor, context: BasinContext) -> Partition:
        means = trajectories[:, :, context.burn_in :].mean(dim=(1, 2)).double().numpy()
        distances = np.linalg.norm(means[:, None] - means, axis=2)
        labels = components(distances < 0.6)
        if labels.max() > 1:
            raise ValueError("more than two")
        return Partition(labels, 0.5 * np.exp(-distances))


def evaluated(detector: BasinDetector, resources: Resources) -> BasinSamples:
    samples = Small().evaluate(detector, TaskContext(0, resources)).samples
    assert isinstance(samples, BasinSamples)
    return samples


def rows_of(samples: BasinSamples, subset: str) -> list[dict[str, Any]]:
    return [row for row in samples.table().to_pylist() if row["subset"] == subset]


def checked(pictures: tuple[Picture, ...]) -> dict[str, Picture]:
    """Return the pictures by title, once each is found to be plain data and a valid specification."""
    for picture in pictures:
        text = json.dumps(picture.spec, allow_nan=False)
        alt.LayerChart.from_dict(json.loads(text, object_hook=_few))  # a check of every value would take seconds
    return {picture.title.split(":")[0]: picture for picture in pictures}


def _few(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "values": found["values"][:3]} if "values" in found else found


def matrix(picture: Picture) -> tuple[list[str], Any]:
    """Return the names in the order of the axes, and the risk [K, K] in that order."""
    heat = picture.spec["layer"][0]
    names = heat["encoding"]["x"]["scale"]["domain"]
    assert heat["encoding"]["y"]["scale"]["domain"] == names
    risk = {(cell["row"], cell["column"]): cell["risk"] for cell in heat["data"]["values"]}
    return names, np.array([[risk[row, column] for column in names] for row in names])


def test_one_basin_in_the_plane(resources: Resources) -> None:
    samples = evaluated(OneBasin(), resources)
    rows = rows_of(samples, "linear-4/triple-well")
    pictures = checked(samples.pictures("linear-4/triple-well"))
    assert list(pictures) == ["Representatives", "Exact risk"]

    spec = pictures["Representatives"].spec
    heat, marks, numbers = spec["layer"]
    cells = heat["data"]["values"]
    levels = [cell["kT"] for cell in cells]
    assert len(cells) == 60 * 60
    assert (min(levels), max(levels)) == (0, HIGHEST)
    lowest = min(cells, key=lambda cell: cell["kT"])
    assert (abs(lowest["x"]), lowest["y"]) == pytest.approx((1.05, -0.04), abs=0.1)

    points = spec["data"]["values"]
    np.testing.assert_allclose([[each["x"], each["y"]] for each in points], [row["start"] for row in rows], atol=1e-4)
    assert [each["true"] for each in points] == [str(row["label"]) for row in rows]
    (found,) = {each["found"] for each in points}
    assert {each["verdict"] for each in points if each["true"] == found} == {"agrees"}
    assert {each["verdict"] for each in points if each["true"] != found} == {"differs"}
    assert numbers["encoding"]["text"]["field"] == "true"
    fill = marks["encoding"]["fill"]["scale"]
    assert (fill["domain"], fill["range"]) == (["0", "1", "2"], list(COLOURS[:3]))
    differing = ", ".join(str(each["representative"]) for each in points if each["verdict"] == "differs")
    said = "16 representatives, 3 basins, 1 found. The label differs at representatives"
    assert pictures["Representatives"].description.startswith(f"{said} {differing}.")

    names, risk = matrix(pictures["Exact risk"])
    order = [int(name.split("·")[1]) for name in names]
    basins = [rows[k]["label"] for k in order]
    assert basins == sorted(basins)
    np.testing.assert_allclose(risk, np.array([rows[k]["exact_risk"] for k in order])[:, order], atol=1e-4)
    lines = [each["name"] for each in pictures["Exact risk"].spec["layer"][1]["data"]["values"]]
    assert lines == [names[basins.index(1)], names[basins.index(2)]]
    between = risk[np.not_equal.outer(basins, basins)].max()
    assert f"largest between basins {between:.3f}" in pictures["Exact risk"].description


def test_an_estimated_risk_stands_beside_the_exact_one_and_a_curve_under_the_representatives(
    resources: Resources,
) -> None:
    samples = evaluated(Distances(), resources)
    pictures = checked(samples.pictures("linear-4/double-well"))
    assert list(pictures) == ["Representatives", "Estimated risk", "Exact risk"]
    curve, *_ = pictures["Representatives"].spec["layer"]
    drawn = [point["y"] for point in curve["data"]["values"] if point["y"] is not None]
    assert 0 <= min(drawn) < 0.01
    assert 10 < max(drawn) <= HIGHEST
    assert len(drawn) < len(curve["data"]["values"])  # what lies higher is no plateau
    for point in pictures["Representatives"].spec["data"]["values"]:
        assert point["y"] == pytest.approx((point["x"] ** 2 - 1) ** 2 / 0.2, abs=0.02)  # in kT
        assert point["verdict"] == "agrees"
    assert "2 basins, 2 found. All labels agree." in pictures["Representatives"].description
    rows = rows_of(samples, "linear-4/double-well")
    names, risk = matrix(pictures["Estimated risk"])
    order = [int(name.split("·")[1]) for name in names]
    np.testing.assert_allclose(risk, np.array([rows[k]["risk"] for k in order])[:, order], atol=1e-4)


def test_a_failure_shows_the_truth_alone(resources: Resources) -> None:
    samples = evaluated(Distances(), resources)
    pictures = checked(samples.pictures("linear-4/triple-well"))
    assert list(pictures) == ["Representatives", "Exact risk"]
    spec = pictures["Representatives"].spec
    assert {(point["found"], point["verdict"]) for point in spec["data"]["values"]} == {(NOTHING, "differs")}
    assert "3 basins; the method failed." in pictures["Representatives"].description
    assert spec["layer"][1]["encoding"]["fill"]["scale"]["domain"][-1] == NOTHING


def test_a_system_without_a_potential_is_drawn_by_its_coordinates(resources: Resources) -> None:
    samples = evaluated(OneBasin(), resources)
    for known in Small.systems:
        rows = rows_of(samples, f"linear-4/{known}")
        starts, labels = (np.array([row[name] for row in rows]) for name in ("start", "label"))
        pictures = checked(basin_pictures("torsions/peptide", starts, labels, labels, {}, axes=("phi", "psi")))
        spec = pictures["Representatives"].spec
        assert [layer["mark"]["type"] for layer in spec["layer"]] == ["point", "text"]
        points = np.array([[point["x"], point["y"]] for point in spec["data"]["values"]])
        np.testing.assert_allclose(points[:, : starts.shape[1]], starts, atol=1e-4)
        assert spec["encoding"]["x"]["title"] == "phi"
        assert spec["encoding"]["y"]["title"] == ("psi" if starts.shape[1] == 2 else "representative")


@pytest.mark.parametrize("subset", ["mean", "linear-4/prinz"])
def test_what_is_no_single_problem_has_no_pictures(resources: Resources, subset: str) -> None:
    assert evaluated(OneBasin(), resources).pictures(subset) == ()


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([5, 5, 9, 9, 7, 7], [0, 0, 1, 1, 2, 2]),  # the same partition
        ([1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 2, 2]),  # two basins in one: it stands for the first
        ([0, 1, 2, 2, 3, 3], [0, 3, 1, 1, 2, 2]),  # one basin in two: the second one stands for none
        ([0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 2]),
    ],
)
def test_labels_get_the_numbers_of_the_basins_that_they_stand_for(found: list[int], expected: list[int]) -> None:
    assert renumbered(np.array([0, 0, 1, 1, 2, 2]), np.array(found)).tolist() == expected

"""Cutting a tree of distances: each rule where its answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from suite.plugins.basins._cluster_count import MOST_GROUPS, cut
from suite.tracks.basins.metrics import adjusted_rand_index


def clusters(groups: int, each: int, spread: float, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return distances between points around the corners of a simplex with edges of one, and their labels."""
    labels = np.random.default_rng(seed).permutation(np.arange(groups * each) % groups)
    points = np.eye(groups)[labels] / np.sqrt(2)
    points = points + spread * np.random.default_rng(seed + 1).normal(size=points.shape) / np.sqrt(groups)
    return cdist(points, points), labels


@pytest.mark.parametrize("rule", ["silhouette", "gap"])
@pytest.mark.parametrize("groups", [2, 3, 5, MOST_GROUPS])
def test_clear_groups_are_counted(rule: str, groups: int) -> None:
    distances, labels = clusters(groups, 4, 0.05)
    assert adjusted_rand_index(labels, cut(distances, rule)) == 1


def test_no_groups_are_one_group() -> None:
    """Points of the same law in many dimensions: nothing is nearer than anything else."""
    points = np.random.default_rng(0).normal(size=(16, 400))
    assert len(set(cut(cdist(points, points)))) == 1
    assert len(set(cut(np.zeros((16, 16))))) == 1


def test_wards_tree_cuts_a_large_group_where_the_average_cuts_an_outlier() -> None:
    """Ward's rule weighs groups by their sizes: two halves of one crowd are farther apart than one item from both."""
    places = np.append(np.repeat([0.0, 1.0], 20), 2.2)[:, None]
    distances = cdist(places, places)
    assert sorted(np.bincount(cut(distances, count=2))) == [1, 40]
    assert sorted(np.bincount(cut(distances, count=2, linkage="ward"))) == [20, 21]


def test_the_threshold_is_a_height() -> None:
    distances = np.array([[0.0, 0.1, 0.6], [0.1, 0.0, 0.8], [0.6, 0.8, 0.0]])
    assert [len(set(cut(distances, "threshold", height=height))) for height in (0.05, 0.1, 0.69, 0.7)] == [3, 2, 2, 1]


@pytest.mark.parametrize("count", [1, 2, 7, 16])
def test_a_known_count_is_met_even_if_all_distances_are_equal(count: int) -> None:
    assert len(set(cut(1 - np.eye(16), count=count))) == count


def test_order_does_not_matter() -> None:
    distances, _ = clusters(4, 4, 0.3, seed=3)
    order = np.random.default_rng(1).permutation(16)
    assert adjusted_rand_index(cut(distances)[order], cut(distances[np.ix_(order, order)])) == 1


def test_one_item_is_one_group_and_of_two_no_rule_can_tell() -> None:
    assert cut(np.zeros((1, 1))).tolist() == [0]
    for rule in ("silhouette", "gap"):
        with pytest.raises(ValueError, match=f"the rule '{rule}' cannot tell whether 2 representatives are one group"):
            cut(1 - np.eye(2), rule)
    assert len(set(cut(1 - np.eye(2), "threshold", height=0.5))) == 2
    assert len(set(cut(1 - np.eye(2), count=2))) == 2


@pytest.mark.parametrize(
    ("distances", "wrong"),
    [
        (np.array([[0.0, 1.0], [2.0, 0.0]]), "symmetric"),
        (np.ones((2, 2)), "diagonal"),
        (np.array([[0.0, np.nan], [np.nan, 0.0]]), "symmetric"),
        (np.array([[0.0, np.inf], [np.inf, 0.0]]), "finite"),
        (np.array([[0.0, -1.0], [-1.0, 0.0]]), "at least zero"),
    ],
)
def test_what_is_no_distance_matrix_is_refused(distances: NDArray[np.float64], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        cut(distances)


def test_what_cannot_be_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="17 groups of 16 items"):
        cut(1 - np.eye(16), count=17)
    with pytest.raises(ValueError, match="needs a height"):
        cut(1 - np.eye(16), "threshold")

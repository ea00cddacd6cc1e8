"""How many groups there are: rules for cutting a linkage tree of distances, and for k-means on points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Rule = Literal["silhouette", "gap", "threshold"]
Linkage = Literal["average", "ward"]

MOST_GROUPS = 8
SCORED = 600
"""Silhouettes are means over about so many points, evenly spaced: their cost is quadratic."""
ONE_GROUP = 0.15
"""Where no number of groups has a mean silhouette above this, there is one group."""


def cut(
    distances: NDArray[np.floating],
    rule: Rule = "silhouette",
    count: int | None = None,
    height: float | None = None,
    linkage: Linkage = "average",
) -> NDArray[np.int64]:
    """Return the group of each item [K] in the tree of symmetric distances [K, K], zero with itself.

    If ``count`` is given there are exactly that many groups and the rule does not matter. Otherwise

    * ``silhouette``: as many of 2 to `MOST_GROUPS` as have the largest mean silhouette (Rousseeuw 1987), or one group
      if that is at most `ONE_GROUP`;
    * ``gap``: as many of 2 to `MOST_GROUPS` as leave the largest gap between the heights of two successive merges;
    * ``threshold``: what is merged up to ``height``.

    Fewer groups win ties. Sources: average linkage, Sokal and Michener 1958; Ward 1963, for Euclidean distances alone.

    Raises:
        ValueError: the matrix is no such matrix, there are fewer items than ``count``, the threshold has no height, or
            a rule is to choose a number for two representatives, of which none says whether they are one group.
    """
    from scipy.cluster import hierarchy
    from scipy.spatial.distance import squareform

    items = len(distances)
    if count is not None and not 1 <= count <= items:
        raise ValueError(f"cannot make {count} groups of {items} items")
    if count is None and rule == "threshold" and height is None:
        raise ValueError("the rule 'threshold' needs a height")
    condensed = squareform(distances)
    if not (np.isfinite(condensed).all() and (condensed >= 0).all()):
        raise ValueError("expected finite distances of at least zero")
    if items == 1:
        return np.zeros(1, dtype=np.int64)
    if items == 2 and count is None and rule != "threshold":
        raise ValueError(f"the rule {rule!r} cannot tell whether 2 representatives are one group: it takes 3 or more")
    tree = hierarchy.linkage(condensed, linkage)
    if count is None and rule == "threshold":
        assert height is not None
        count = 1 + int((tree[:, 2] > height).sum())
    elif count is None:
        count = _best_silhouette(distances, tree) if rule == "silhouette" else _largest_gap(tree)
    # Unlike fcluster's maxclust this makes that many groups even if merges have the same height.
    labels: NDArray[np.int64] = hierarchy.cut_tree(tree, [count])[:, 0].astype(np.int64)
    return labels


def clustered(
    points: Callable[[int], NDArray[np.floating]], count: int | None, rng: np.random.Generator, restarts: int
) -> NDArray[np.int32]:
    """Return the k-means clusters [N] of ``points(count)`` [N, D].

    Without a count: as many of 2 to `MOST_GROUPS` as have the largest silhouette.
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    seed = int(rng.integers(2**31))

    def attempt(number: int) -> tuple[float, NDArray[np.int32]]:
        items = points(number)
        labels: NDArray[np.int32] = KMeans(number, n_init=restarts, random_state=seed).fit(items).labels_
        step = -(-len(items) // SCORED)
        some = labels[::step]
        if count is not None or not 1 < len(set(some.tolist())) < len(some):
            return -1.0, labels
        return float(silhouette_score(items[::step], some)), labels

    numbers = range(2, MOST_GROUPS + 1) if count is None else (count,)
    return max(map(attempt, numbers), key=lambda pair: pair[0])[1]


def _best_silhouette(distances: NDArray[np.floating], tree: NDArray[np.float64]) -> int:
    from scipy.cluster.hierarchy import cut_tree
    from sklearn.metrics import silhouette_score

    numbers = range(2, min(MOST_GROUPS, len(distances) - 1) + 1)
    cuts = cut_tree(tree, list(numbers)).T
    values = [silhouette_score(distances, labels, metric="precomputed") for labels in cuts]
    best, value = max(zip(numbers, values, strict=True), key=lambda pair: pair[1], default=(1, 0.0))
    return best if value > ONE_GROUP else 1


def _largest_gap(tree: NDArray[np.float64]) -> int:
    heights = tree[::-1, 2]  # of the merge that leaves 1 group, 2 groups, ...
    gaps = (heights[:-1] - heights[1:])[: MOST_GROUPS - 1]
    return int(gaps.argmax()) + 2 if len(gaps) else 1

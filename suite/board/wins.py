"""Who beats whom over the tables of a track: on how many of those that both have, and on how many told apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from suite.board.evidence import table_field
from suite.board.model import Table
from suite.stats.field import Field
from suite.stats.pairs import pair_probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

LEVEL = 0.05
"""Of the pairs of a table that are said to be told apart, at most this share are expected not to be."""


@dataclass(frozen=True)
class Wins:
    """Pairs of n methods: for each how often the row's is better than the column's [n, n].

    Attributes:
        labels: of the methods [n], those with the largest share of wins first.
        common: on how many tables both are compared.
        better: on how many of these the row's mean is the better one.
        apart: on how many of these it is told apart.
    """

    labels: tuple[str, ...]
    common: Counts
    better: Counts
    apart: Counts

    @property
    def shares(self) -> NDArray[np.float64]:
        """The share of common tables on which the row is better [n, n]; NaN where there is none."""
        with np.errstate(invalid="ignore"):
            return np.where(self.common > 0, self.better / np.maximum(self.common, 1), np.nan)


def wins(tables: Iterable[Table]) -> Wins:
    """Count over the primary columns of tables; rows of every access, and references, are compared.

    The differences rest on what the ranks of each table rest on; see `suite.board.evidence`. Over the pairs of a table
    the false discovery rate is held by Benjamini and Hochberg's procedure (1995).
    """
    fields = [(rows, field) for rows, field in map(table_field, tables) if field is not None and len(rows) > 1]
    labels = list(dict.fromkeys(row.label for rows, _ in fields for row in rows))
    number = {label: at for at, label in enumerate(labels)}
    common, better, apart = (np.zeros((len(labels), len(labels)), dtype=np.int64) for _ in range(3))
    for rows, field in fields:
        ahead = (field.differences > 0) & (field.statistics != 0)  # a difference that is rounding has none
        at = np.ix_(*[[number[row.label] for row in rows]] * 2)
        common[at] += 1 - np.eye(len(rows), dtype=np.int64)
        better[at] += ahead
        apart[at] += ahead & told_apart(field)
    won = better.sum(axis=1) / np.maximum(common.sum(axis=1), 1)
    order = np.array(sorted(range(len(labels)), key=lambda at: (-won[at], labels[at])), dtype=int)
    chosen = np.ix_(order, order)
    return Wins(tuple(labels[at] for at in order), common[chosen], better[chosen], apart[chosen])


def told_apart(field: Field) -> NDArray[np.bool_]:
    """Return which pairs are told apart [n, n]; those of which nothing is known are not."""
    from scipy.stats import false_discovery_control

    n = len(field.means)
    above = np.triu_indices(n, 1)
    told = np.zeros((n, n), dtype=bool)
    told[above] = false_discovery_control(pair_probabilities(field)[above]) <= LEVEL
    return told | told.T

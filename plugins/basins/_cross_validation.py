"""Folds of trajectories: what a classifier is trained on, and what it is judged by, never the same trajectory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field

from suite.lazy import torch
from suite.tracks.basins import BasinDetector

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Fold:
    """Inputs of the training trajectories [K, m, L, q], and of those held out [K, h, L, q], numbered ``held``.

    All folds have equally many training trajectories, so that their networks can be trained side by side.
    """

    training: Tensor
    held_out: Tensor
    held: list[int]


class Selection(BasinDetector.Parameters):
    """Which directions of the states a classifier is given."""

    variance: int = Field(4, ge=0, description="directions of largest variance")
    memory: int = Field(3, ge=0, description="directions of largest autocorrelation, for each lag")
    lags: tuple[int, ...] = Field((1, 4), description="lags of the autocorrelation, frames")
    means: int = Field(3, ge=1, description="directions along which the representatives' means differ")
    products: int = Field(1, ge=0, description="directions whose products with one of variance differ, for each")


def raw_folds(states: Tensor, count: int) -> list[Fold]:
    """Return ``count`` folds of the states [K, M, L, D] as they are."""
    parts = _parts(states.shape[1], count)
    kept = states.shape[1] - len(parts[0])
    return [Fold(states[:, _others(parts, {held})[:kept]], states[:, part], part) for held, part in enumerate(parts)]


def directed_folds(states: Tensor, count: int, selection: Selection) -> list[Fold]:
    """Return ``count`` folds of the states [K, M, L, D] along few directions.

    Directions of differing means are found without the trajectories that they are applied to, in training too, and
    turned towards those of the fold: otherwise training states would lie further apart than held-out ones do.
    """
    from ._directions import Directions, aligned, between

    parts = _parts(states.shape[1], count)
    directions = Directions(states, selection.variance, selection.memory, selection.lags)
    kept = states.shape[1] - len(parts[0])

    def differing(without: set[int]) -> list[Tensor]:
        mean, *products = directions.moments(_others(parts, without))
        families = [between(mean, selection.means)]
        return families + [between(each, selection.products) for each in products if selection.products]

    def along(part: Sequence[int], towards: list[Tensor]) -> Tensor:
        return torch.cat([directions.unlabelled[:, list(part)], directions.along(part, torch.cat(towards, 1))], dim=-1)

    folds = []  # of two, none is left for directions that a fold's own training states did not make
    for held, held_part in enumerate(parts):
        reference = differing({held})
        training = [
            along(part, list(map(aligned, differing({held, number}), reference)) if count > 2 else reference)
            for number, part in enumerate(parts)
            if number != held
        ]
        folds.append(Fold(torch.cat(training, dim=1)[:, :kept], along(held_part, reference), held_part))
    return folds


def _parts(trajectories: int, count: int) -> list[list[int]]:
    if trajectories < count:
        raise ValueError(f"{count} folds need as many trajectories of each representative, there are {trajectories}")
    return [list(range(first, trajectories, count)) for first in range(count)]


def _others(parts: list[list[int]], without: set[int]) -> list[int]:
    return [each for number, part in enumerate(parts) if number not in without for each in part]

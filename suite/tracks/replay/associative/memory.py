"""Memories of the Hopfield task: unit patterns in clusters of equal inner product, and isolated ones."""

from __future__ import annotations

from dataclasses import dataclass

from suite.lazy import torch

INNER = 0.35
"""The inner product of two patterns of a cluster."""


@dataclass(frozen=True)
class Memory:
    """A set of patterns of unit length in ``dimension`` dimensions.

    Attributes:
        name: the subset of the task's table.
        clusters: how many patterns each cluster has; patterns of different clusters are orthogonal.
        isolated: how many patterns are orthogonal to all others.
        capacity: how many patterns are replayed.
        beta: inverse temperature.
    """

    name: str
    clusters: tuple[int, ...]
    isolated: int
    capacity: int
    dimension: int = 50
    beta: float = 8.0

    def __post_init__(self) -> None:
        if sum(self.clusters) + len(self.clusters) + self.isolated > self.dimension:
            raise ValueError(f"{self.name} does not fit into {self.dimension} dimensions")

    @property
    def groups(self) -> list[str]:
        """The group of each pattern: ``cluster-12`` for those of a cluster of twelve, or ``isolated``."""
        named = [f"cluster-{count}" for count in self.clusters for _ in range(count)]
        return [*named, *["isolated"] * self.isolated]

    @property
    def subsets(self) -> tuple[str, ...]:
        """The memory and its groups, as the task's table has them."""
        return (self.name, *(f"{self.name}/{group}" for group in dict.fromkeys(self.groups)))

    def patterns(self) -> torch.Tensor:
        """Return the patterns [N, dimension], float64: a cluster's axis, and an axis of its own for every pattern."""
        rows = torch.zeros(len(self.groups), self.dimension, dtype=torch.float64)
        row = axis = 0
        for count in self.clusters:
            for number in range(count):
                rows[row, axis] = INNER**0.5
                rows[row, axis + 1 + number] = (1 - INNER) ** 0.5
                row += 1
            axis += count + 1
        for _ in range(self.isolated):
            rows[row, axis] = 1
            row, axis = row + 1, axis + 1
        return rows


def rotations(count: int, dimension: int, size: float, generator: torch.Generator) -> torch.Tensor:
    """Return random rotations expm(size * (W - W^T) / 2), W standard normal [count, dimension, dimension]."""
    drawn = torch.randn(count, dimension, dimension, dtype=torch.float64, generator=generator)
    return torch.matrix_exp(size * (drawn - drawn.transpose(1, 2)) / 2)

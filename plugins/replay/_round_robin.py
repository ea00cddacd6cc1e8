"""Classes in turn: the best of every class, then the second best of every class, until classes run out."""

from __future__ import annotations

from suite.lazy import torch


def turns(labels: torch.Tensor) -> torch.Tensor:
    """Return how many of the same label came before each one [N], int64."""
    by_class = labels.argsort(stable=True)
    grouped = labels[by_class]
    before = torch.empty_like(by_class)
    before[by_class] = torch.arange(len(labels)) - torch.searchsorted(grouped, grouped)
    return before


def in_turns(order: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return places [M] in turns of one of each class, smallest label first; within a class their order stays.

    Args:
        order: places, best first [M].
        labels: of all samples [N], not only of those in ``order``.
    """
    ordered = labels[order]
    by_label = ordered.argsort(stable=True)
    return order[by_label[turns(ordered)[by_label].argsort(stable=True)]]


def shares(labels: torch.Tensor, capacity: int) -> dict[int, int]:
    """Return how many of each class turns choose up to ``capacity``; all of a class that has fewer than its share."""
    chosen = in_turns(torch.arange(len(labels)), labels)[:capacity]
    classes, counts = labels[chosen].unique(return_counts=True)
    return dict(zip(classes.tolist(), counts.tolist(), strict=True))

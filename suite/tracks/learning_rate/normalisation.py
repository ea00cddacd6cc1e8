"""Batch norm without parameters: by the batch, by parts of it, or by statistics gathered over the training set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

EPSILON = 1e-5


class Normalisation:
    """Normalises each layer [B, C, H, W] that asks, in the order of the network.

    By default by the batch itself; with ``ghosts`` by each of so many equal parts of it (ghost batch norm, Hoffer,
    Hubara and Soudry 2017).
    """

    def __init__(self, ghosts: int = 1) -> None:
        self.ghosts = ghosts

    def __call__(self, layer: Tensor) -> Tensor:
        """Return the layer, normalised."""
        if self.ghosts == 1:
            return batch_norm(layer)
        parts = layer.unflatten(0, (self.ghosts, -1)).transpose(0, 1)
        normal: Tensor = batch_norm(parts.flatten(1, 2)).unflatten(1, list(parts.shape[1:3]))
        return normal.transpose(0, 1).flatten(0, 1)


class Gathered(Normalisation):
    """Normalises by the mean over batches of their means and variances, once `closed`; gathers them until then."""

    def __init__(self) -> None:
        super().__init__()
        self._sums: list[tuple[Tensor, Tensor]] = []
        self._batches, self._layer, self._closed = 0, 0, False

    def __call__(self, layer: Tensor) -> Tensor:
        """Return the layer, normalised; while gathering, by the batch."""
        place, self._layer = self._layer, self._layer + 1
        if self._closed:
            mean, variance = self._sums[place]
            return batch_norm(layer, mean, variance)
        variance, mean = torch.var_mean(layer, (0, 2, 3))
        if place == len(self._sums):
            self._sums.append((torch.zeros_like(mean), torch.zeros_like(mean)))
        self._sums[place][0].add_(mean)
        self._sums[place][1].add_(variance)
        return super().__call__(layer)

    def next_batch(self) -> None:
        """Begin with the first layer again; call it after each batch."""
        self._layer, self._batches = 0, self._batches + 1

    def close(self) -> None:
        """Take the means; from now on they are what normalises."""
        for mean, variance in self._sums:
            mean /= self._batches
            variance /= self._batches
        self._closed = True


def batch_norm(layer: Tensor, mean: Tensor | None = None, variance: Tensor | None = None) -> Tensor:
    """Return a layer [B, C, H, W], normalised by these statistics [C], or by its own."""
    normal: Tensor = torch.nn.functional.batch_norm(layer, mean, variance, training=mean is None, eps=EPSILON)
    return normal

"""Markov chains on finitely many states: laws are products of a matrix with vectors, exact to rounding."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor
from typing_extensions import override

from suite.tracks.basins.dynamics.counter import uniforms
from suite.tracks.basins.dynamics.process import Process


@dataclass(frozen=True)
class Chain(Process):
    """A chain with ``kernel`` [S, S], whose rows sum to one, that takes ``every`` steps between two frames.

    A state is its number [1]. ``codes`` [S, p] are what is seen of it, a row of its own for each.
    """

    name: str
    kernel: csr_array = field(repr=False)
    codes: NDArray[np.float64] = field(repr=False)
    sites: tuple[tuple[float, ...], ...]
    every: int = 1
    scatter: int = 1

    @override
    def steps(self, frames: int) -> int:
        return self.every

    @cached_property
    def _table(self) -> tuple[Tensor, Tensor]:
        """Where each state can go [S, n] and the cumulative probabilities [S, n - 1] of all but the last."""
        widest = int(np.diff(self.kernel.indptr).max())
        targets, weights = np.zeros((len(self.codes), widest), dtype=np.int64), np.zeros((len(self.codes), widest))
        for state, (first, last) in enumerate(zip(self.kernel.indptr[:-1], self.kernel.indptr[1:], strict=True)):
            targets[state] = self.kernel.indices[last - 1]
            targets[state, : last - first] = self.kernel.indices[first:last]
            weights[state, : last - first] = self.kernel.data[first:last]
        return torch.from_numpy(targets), torch.from_numpy(weights.cumsum(axis=1)[:, :-1])

    @override
    def simulate(self, starts: Tensor, keys: Tensor, frames: int, every: int) -> Tensor:
        targets, cumulative = self._table
        state = starts[:, 0].round().long()
        states = torch.empty(len(state), frames, 1)
        drawn = uniforms(keys, 0, frames * every)
        for step, number in enumerate(drawn, start=1):
            place = (cumulative[state] <= number[:, None]).sum(dim=1)
            state = targets[state, place]
            if step % every == 0:
                states[:, step // every - 1, 0] = state.float()
        return states

    @override
    def laws(self, starts: NDArray[np.float32], frames: int, burn_in: int) -> NDArray[np.float64]:
        law = np.zeros((len(self.codes), len(starts)))
        law[np.rint(starts[:, 0]).astype(int), np.arange(len(starts))] = 1.0
        total, forward = np.zeros_like(law), self.kernel.T.tocsr()
        for frame in range(frames):
            for _ in range(self.every):
                law = forward @ law
            if frame >= burn_in:
                total += law
        return np.asarray(total.T / (frames - burn_in))

    @override
    def features(self, states: Tensor) -> Tensor:
        return torch.from_numpy(self.codes).float()[states[..., 0].round().long()]

"""The walkers of a cell: the task moves them, counts what they cost, and keeps a record for its samples."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from suite.contracts import TaskContext
from suite.contracts.returned import WrongReturn, described
from suite.lazy import torch
from suite.tracks.temperature.contract import Walkers
from suite.tracks.temperature.landscapes.landscape import Landscape

Mode = Literal["noise-only", "loss-only", "noise-and-loss"]
BLOCK = 64
"""Steps whose noise is drawn at once; always so many, so that noise does not depend on how a method calls."""


@dataclass
class Record:
    """What happened to a cell's walkers.

    Attributes:
        checkpoints: after how many evaluations of a run its answer is looked at, in order [L].
        inside: whether it was in a global well then, a row for each checkpoint that was passed so far; ``walked``: how
            many steps had been taken.
        betas: what was walked, in order; of the coldest walker where they differ.
        alone: whether every run is one walker that did nothing but walk, so that the exact chain says where it is.
    """

    checkpoints: NDArray[np.int64]
    inside: list[NDArray[np.bool_]] = field(default_factory=list)
    walked: list[int] = field(default_factory=list)
    betas: list[float] = field(default_factory=list)
    alone: bool = True


class TaskWalkers(Walkers):
    """See `Walkers`. Walker k of run n stands in column k N + n.

    Args:
        landscape: the task's; ``runs``: N; ``budget`` of each; ``eta``: the time of a step.
        mode: what an inverse temperature is: of the noise at the landscape's tau; of the loss, as
            tau = tau_0 ``coldest`` / beta, never below tau_0, and no noise; or both.
        context: of whose seed starts and noise are.
    """

    def __init__(
        self,
        landscape: Landscape,
        runs: int,
        budget: int,
        eta: float,
        coldest: float,
        mode: Mode,
        checkpoints: NDArray[np.int64],
        context: TaskContext,
    ) -> None:
        self.landscape, self.runs, self.budget, self.eta, self.coldest = landscape, runs, budget, eta, coldest
        self.mode, self.used, self.walked, self.count, self._context = mode, 0, 0, 1, context
        self.record = Record(checkpoints)
        self.states = landscape.starts(runs, context.rng("starts"))
        self._noise: dict[int, tuple[torch.Generator, list[NDArray[np.float32]]]] = {}
        self._look()

    @property
    @override
    def left(self) -> int:
        return self.budget - self.used

    @override
    def walk(self, betas: NDArray[np.floating]) -> None:
        given = np.array(betas)
        if given.dtype.kind not in "iuf":
            raise WrongReturn(f"walk was given {described(given)}; it takes inverse temperatures, real numbers")
        given = given.astype(np.float64)
        if given.ndim not in (1, 2) or (given.ndim == 2 and given.shape[1] != self.count):
            raise ValueError(f"the betas have shape {given.shape}, not [S] or [S, {self.count}]")
        if not ((given > 0) & np.isfinite(given)).all():
            raise ValueError("inverse temperatures must be positive and finite")
        self._spend(len(given) * self.count, evaluations=False)
        sigmas = np.zeros_like(given) if self.mode == "loss-only" else np.sqrt(2 * self.eta / given)
        self.record.betas += (given if given.ndim == 1 else given.max(axis=1)).tolist()
        self.record.alone &= given.ndim == 1
        for beta, sigma in zip(given, sigmas.astype(np.float32), strict=True):
            noise = self._normals()
            noise *= sigma if sigma.ndim == 0 else np.repeat(sigma, self.runs)
            self.states = self._stepped(beta, noise)
            self.used += self.count
            self.walked += 1
            self._look()

    @override
    def energies(self) -> NDArray[np.float64]:
        self._spend(self.count, evaluations=True)
        self.used += self.count
        self._look()
        return np.asarray(self.landscape.energy(self.states), np.float64).reshape(self.count, self.runs).T

    @override
    def gather(self, rows: NDArray[np.integer]) -> None:
        given = np.asarray(rows)
        if given.ndim != 2 or len(given) != self.runs or not given.shape[1] or given.dtype.kind not in "iu":
            raise ValueError(f"the rows must be integers [{self.runs}, L]. Got shape {given.shape}")
        if given.min() < 0 or given.max() >= self.count:
            raise ValueError(f"rows are not all in 0..{self.count - 1}")
        self.states = self.states[:, (given.T * self.runs + np.arange(self.runs)).reshape(-1)]
        self.count, self.record.alone = given.shape[1], False

    def finish(self) -> NDArray[np.floating]:
        """Return the answers [D, N]; the checkpoints that were not reached see them too."""
        answers = self.states[:, : self.runs]
        inside = self.landscape.inside(answers)
        lacking = len(self.record.checkpoints) - len(self.record.inside)
        self.record.inside += [inside] * lacking
        self.record.walked += [self.walked] * lacking
        self.record.inside[-1] = inside
        return answers

    def _stepped(self, beta: NDArray[np.float64], noise: NDArray[np.float32]) -> NDArray[np.floating]:
        if self.mode == "noise-only":
            return self.landscape.stepped(self.states, self.eta, noise, self.landscape.tau)
        if beta.ndim == 0:
            return self.landscape.stepped(self.states, self.eta, noise, self._tau(float(beta)))
        parts = [
            self.landscape.stepped(states, self.eta, part, self._tau(one))
            for one, states, part in zip(
                beta.tolist(),
                np.split(self.states, self.count, axis=1),
                np.split(noise, self.count, axis=1),
                strict=True,
            )
        ]
        return np.concatenate(parts, axis=1)

    def _tau(self, beta: float) -> float:
        return self.landscape.tau * self.coldest / min(beta, self.coldest)

    def _normals(self) -> NDArray[np.float32]:
        """Return the next normal numbers [numbers, W]; a stream for each number of walkers."""
        if self.count not in self._noise:
            self._noise[self.count] = self._context.method.generator(f"task:noise of {self.count}"), []
        generator, block = self._noise[self.count]
        if not block:
            shape = (BLOCK, self.landscape.numbers, self.states.shape[1])
            block += list(torch.randn(shape, generator=generator).numpy()[::-1])
        return block.pop()

    def _spend(self, evaluations_of_a_run: int, *, evaluations: bool) -> None:
        if evaluations_of_a_run > self.left:
            what = "energies cost" if evaluations else "steps cost"
            raise ValueError(f"the {what} {evaluations_of_a_run} evaluations a run. Only {self.left} are left")

    def _look(self) -> None:
        record = self.record
        while len(record.inside) < len(record.checkpoints) and self.used >= record.checkpoints[len(record.inside)]:
            record.inside.append(self.landscape.inside(self.states[:, : self.runs]))
            record.walked.append(self.walked)


def checkpoints(budget: int, count: int) -> NDArray[np.int64]:
    """Return about so many numbers of evaluations from 0 to the budget, evenly spaced in logarithm.

    A sixteenth and a quarter of the budget are there, for the columns that look at them.
    """
    spread = np.unique(np.rint(np.geomspace(max(1, budget // 1000), budget, count)).astype(np.int64))
    return np.union1d(spread, [0, math.ceil(budget / 16), math.ceil(budget / 4), budget])

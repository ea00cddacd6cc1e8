"""The regression system of concentric rings: two basins with one centre, in 200 noisy dimensions.

Four representatives on each ring at random angles, 24 trajectories each, 60 states after burn-in.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from suite.tracks.basins import BasinContext
from suite.tracks.basins.dynamics.counter import keys, stream
from suite.tracks.basins.dynamics.langevin import simulate
from suite.tracks.basins.dynamics.systems import SYSTEMS

FRAMES, BURN_IN = 80, 20
TRUE = np.repeat([0, 1], 4)


def latent(horizon: float, draw: int, trajectories: int = 24) -> Tensor:
    """Return the trajectories [8, M, 80, 2]; angles are the first numbers of NumPy's generator ``draw``."""
    angles = np.random.default_rng(draw).uniform(0, 2 * math.pi, 8)
    radii = np.repeat([1.0, 3.0], 4)
    starts = torch.tensor(np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1), dtype=torch.float32)
    system = replace(SYSTEMS["concentric-rings"], horizon=horizon)
    names = keys(stream(draw, "rings"), torch.arange(8 * trajectories))
    found = simulate(system, starts.repeat_interleave(trajectories, dim=0), names, FRAMES)
    return found.view(8, trajectories, FRAMES, 2)


def observed(states: Tensor, dimension: int = 200) -> Tensor:
    """Return what is seen: a random plane in ``dimension`` dimensions, and noise of 0.3 in each of them."""
    generator = torch.Generator().manual_seed(0)
    plane = torch.linalg.qr(torch.randn(dimension, 2, generator=generator))[0]
    noise = torch.randn(*states.shape[:3], dimension, generator=generator)
    return states @ plane.T + 0.3 * noise


def leaky(trajectories: Tensor) -> Tensor:
    """Return the states after burn-in dealt anew among each representative's trajectories: a split by state."""
    kept = trajectories[:, :, BURN_IN:]
    states = kept.flatten(1, 2)
    order = torch.randperm(states.shape[1], generator=torch.Generator().manual_seed(0))
    return torch.cat([trajectories[:, :, :BURN_IN], states[:, order].view_as(kept)], dim=2)


def context() -> BasinContext:
    class NoSimulator:
        steps_left = 0

        def simulate(self, representatives: object, count: int) -> Tensor:
            raise AssertionError("no further trajectory is needed")

    return BasinContext(seed=0, count=None, burn_in=BURN_IN, simulator=NoSimulator())


def same_and_different(risk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the risks of the pairs of one ring, and of the pairs across."""
    above = np.triu_indices(8, 1)
    same = (TRUE[:, None] == TRUE[None])[above]
    return risk[above][same], risk[above][~same]

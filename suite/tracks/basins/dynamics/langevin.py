"""Overdamped Langevin dynamics of many trajectories at once.

A trajectory depends on its start, its key and the system alone: not on which others are simulated, in which chunks, on
how many threads, to the last bit on one kind of device.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor

from suite.tracks.basins.dynamics.counter import CounterNormals
from suite.tracks.basins.dynamics.system import System
from suite.tracks.basins.dynamics.threads import run_chunks

Integrator = Literal["euler-maruyama", "baoab-limit"]
SMALLEST, LARGEST = 4096, 16384  # trajectories side by side: below, calls cost more than what they compute
# Whole vectors: torch computes what is left over after the last whole vector by other code, with other last bits.
_VECTORS = 64
# Torch splits larger tensors over threads of its own, which would leave remainders in the middle.
_UNSPLIT = 32768 - 1


def simulate(
    system: System,
    starts: Tensor,
    keys: Tensor,
    frames: int,
    *,
    every: int | None = None,
    integrator: Integrator = "euler-maruyama",
    threads: int | None = None,
) -> Tensor:
    """Return the states [N, frames, d] of trajectories that start at ``starts`` [N, d], float32, on its device.

    A frame is saved every ``every`` steps; if not given, they are spread evenly over the system's horizon.
    ``keys`` [N] are those of `counter.keys`. The integrator ``baoab-limit`` adds the mean of two successive noises:
    long averages then have an error of second order in the step instead of first.

    Source: Leimkuhler and Matthews 2013 for the limit of BAOAB; otherwise Maruyama 1955.

    Raises:
        ValueError: shapes do not fit, or a state is no longer finite, as when the time step is too long.
    """
    if starts.ndim != 2 or starts.shape[1] != system.dimension or keys.shape != starts.shape[:1]:
        raise ValueError(
            f"{system.name} has {system.dimension} coordinates: expected starts [N, {system.dimension}] and keys [N], "
            f"got {list(starts.shape)} and {list(keys.shape)}"
        )
    every = every or system.steps(frames)
    states = torch.empty((len(starts), frames, system.dimension), dtype=torch.float32, device=starts.device)

    threads = 1 if starts.is_cuda else threads or torch.get_num_threads()
    size = min(LARGEST, max(SMALLEST, -(-len(starts) // threads)))

    def run(first: int) -> None:
        rows = slice(first, first + size)
        with torch.no_grad():
            states[rows] = _chunk(system, starts[rows], keys[rows], frames, every, integrator)

    run_chunks(run, range(0, len(starts), size), threads)
    wrong = (~states.isfinite()).flatten(1).any(dim=1).nonzero()
    if len(wrong):
        raise ValueError(f"{system.name}: {len(wrong)} of {len(starts)} trajectories run away; shorten the step")
    return states


def _chunk(system: System, starts: Tensor, keys: Tensor, frames: int, every: int, integrator: Integrator) -> Tensor:
    count, axes = starts.shape
    padded = -(-count // _VECTORS) * _VECTORS
    rows = torch.arange(padded, device=starts.device).clamp(max=count - 1)
    state = [each.contiguous() for each in starts[rows].float().T]
    normals = CounterNormals(keys[rows], axes)
    rate = -system.step * system.barrier / system.friction
    sigma = math.sqrt(2 * system.temperature * system.step / system.friction)
    states = torch.empty((frames, axes, padded), device=starts.device)
    block = max(1, _UNSPLIT // (padded * axes))
    previous = normals(0, 1)[0].clone() if integrator == "baoab-limit" else None
    total = frames * every
    for first in range(0, total, block):
        many = min(block, total - first)
        if previous is None:
            noise = normals(first, many).mul_(sigma)
        else:
            fresh = normals(first + 1, many)
            following = fresh[-1].clone()
            noise = torch.cat([previous[None], fresh[:-1]]).add_(fresh).mul_(sigma / 2)
            previous = following
        for number in range(many):
            slopes = system.potential.gradient(*state)
            for axis, slope in enumerate(slopes):
                state[axis].add_(slope, alpha=rate).add_(noise[number, axis])
            frame, left = divmod(first + number + 1, every)
            if not left:
                for axis in range(axes):
                    states[frame - 1, axis] = state[axis]
    return states[:, :, :count].permute(2, 0, 1)

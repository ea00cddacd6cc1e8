"""Overdamped Langevin dynamics of many trajectories at once.

A trajectory depends on its start, its key and the system alone: not on which others are simulated, in which chunks, on
how many threads. If the potential is exact, as the named ones are, it is the same to the last bit on every machine, and
the compiled `kernel` computes it where that pays; if not, on one kind of device.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from suite.tracks.basins.dynamics.counter import CounterNormals, exact_normals
from suite.tracks.basins.dynamics.system import System
from suite.tracks.basins.dynamics.threads import run_chunks

Integrator = Literal["euler-maruyama", "baoab-limit"]
SMALLEST, LARGEST = 4096, 16384  # trajectories side by side: below, calls cost more than what they compute
# Whole vectors: torch computes what is left over after the last whole vector by other code, with other last bits.
_VECTORS = 64
# Torch splits larger tensors over threads of its own, which would leave remainders in the middle.
_UNSPLIT = 32768 - 1
# Torch's calls cost a step as much as this many trajectories. From so many steps of trajectories on, a second or so,
# torch takes longer than numba does to start and to read a kernel from its cache.
_CALLS, _WORTH = 3000, 16_000_000
_KERNEL = "suite.tracks.basins.dynamics.kernel"


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

    A frame is saved every ``every`` steps; if not given, they are spread evenly over the system's horizon. ``keys`` [N]
    are those of `counter.keys`. If the potential is exact, states are doubles in between, else singles. The integrator
    ``baoab-limit`` adds the mean of two successive noises: long averages then have an error of second order in the step
    instead of first.

    Source: Leimkuhler and Matthews 2013 for the limit of BAOAB; otherwise Maruyama 1955.

    Raises:
        ValueError: shapes do not fit, or a state is no longer finite, as when the time step is too long.
    """
    if starts.ndim != 2 or starts.shape[1] != system.dimension or keys.shape != starts.shape[:1]:
        raise ValueError(
            f"{system.name} needs starts of shape [N, {system.dimension}] and keys of shape [N]. "
            f"Got {list(starts.shape)} and {list(keys.shape)}"
        )
    every = every or system.steps(frames)
    starts, mean = starts.detach().float().contiguous(), integrator == "baoab-limit"
    states = torch.empty((len(starts), frames, system.dimension), device=starts.device)
    rate = -system.step * system.barrier / system.friction
    sigma = math.sqrt(2 * system.temperature * system.step / system.friction) / (2 if mean else 1)

    threads = 1 if starts.is_cuda else threads or torch.get_num_threads()
    kernel = None if starts.is_cuda else _kernel(system, frames * every * (len(starts) + _CALLS))
    size = -(-len(starts) // threads) if kernel else min(LARGEST, max(SMALLEST, -(-len(starts) // threads)))

    def run(first: int) -> None:
        rows = slice(first, first + size)
        if kernel is None:
            with torch.no_grad():
                states[rows] = _chunk(system, starts[rows], keys[rows], frames, every, rate, sigma, mean)
        else:
            arrays = (tensor[rows].numpy() for tensor in (states, starts, keys.contiguous()))
            kernel(*arrays, every, rate, sigma, int(mean))

    run_chunks(run, range(0, len(starts), max(1, size)), threads)
    wrong = (~states.isfinite()).flatten(1).any(dim=1).nonzero()
    if len(wrong):
        raise ValueError(f"{system.name}: {len(wrong)} of {len(starts)} trajectories diverge. Use a shorter step")
    return states


def _kernel(system: System, work: int) -> Callable[..., None] | None:
    """Return the system's compiled kernel, or None where torch is done sooner."""
    gradient, dimension = system.potential.gradient, system.dimension
    if not system.potential.exact or dimension > 2:
        return None
    if work < _WORTH and not (_KERNEL in sys.modules and sys.modules[_KERNEL].is_compiled(gradient, dimension)):
        return None
    from suite.tracks.basins.dynamics import kernel

    return kernel.kernel(gradient, dimension)


def _chunk(
    system: System, starts: Tensor, keys: Tensor, frames: int, every: int, rate: float, sigma: float, mean: bool
) -> Tensor:
    count, axes = starts.shape
    padded = -(-count // _VECTORS) * _VECTORS
    rows = torch.arange(padded, device=starts.device).clamp(max=count - 1)
    exact = system.potential.exact
    state = [z.contiguous() for z in starts[rows].to(torch.float64 if exact else torch.float32).T]
    normals = partial(exact_normals, keys[rows], axes) if exact else CounterNormals(keys[rows], axes)
    states = torch.empty((frames, axes, padded), device=starts.device)
    block = max(1, _UNSPLIT // (padded * axes))
    total = frames * every
    for first in range(0, total, block):
        many = min(block, total - first)
        noise = normals(first, many + mean)
        if mean:
            noise = noise[:-1] + noise[1:]
        noise.mul_(sigma)
        for number in range(many):
            for axis, slope in enumerate(system.potential.gradient(*state)):
                state[axis].add_(slope * rate).add_(noise[number, axis])  # ``alpha`` would fuse product and sum
            frame, left = divmod(first + number + 1, every)
            if not left:
                for axis in range(axes):
                    states[frame - 1, axis] = state[axis]
    return states[:, :, :count].permute(2, 0, 1)

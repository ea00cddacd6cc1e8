"""Guided sampling beside the loop of diffusers' pipelines: the same network, steps, batch and thread, in one run.

Run with: pytest tests/perf/test_guided_sampling_speed.py -n 0 -s
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable

import pytest
import torch

from suite.contracts import Resources
from suite.diffusion.guidance import Plan
from suite.testing.memorization import digits_case

NOISES, REPEATS, SCALE = 25, 5, 3.0


def fastest(*functions: Callable[[], torch.Tensor]) -> list[float]:
    """Return the least CPU seconds of each function, taken in turn: others that use the machine disturb all alike."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(REPEATS):
        for function, taken in zip(functions, times, strict=True):
            started = time.process_time()
            function()
            taken.append(time.process_time() - started)
    return [min(taken) for taken in times]


@pytest.mark.parametrize("count", [1, 20, 500])
def test_sampling(count: int, resources: Resources) -> None:
    diffusers = pytest.importorskip("diffusers")
    case = digits_case(resources, noises=NOISES, stride=8)
    noise, conditions = case.experiment.specials.noise[:count], case.conditions[:count]
    network = case.experiment.network
    contiguous = copy.deepcopy(network).to(memory_format=torch.contiguous_format)
    kept = case.experiment.task.schedule.kept
    betas = 1 - torch.cat([kept[:1], kept[1:] / kept[:-1]])
    scheduler = diffusers.DDIMScheduler(
        num_train_timesteps=200, trained_betas=betas.numpy(), clip_sample=False, timestep_spacing="trailing"
    )
    both = torch.cat([network.captions.unconditional(len(noise)), conditions])

    @torch.no_grad()
    def pipeline() -> torch.Tensor:
        scheduler.set_timesteps(25)
        latents = noise
        for now in scheduler.timesteps:
            shown = scheduler.scale_model_input(torch.cat([latents] * 2), now)
            untold, told = contiguous(shown, now.expand(len(shown)), both).chunk(2)
            latents = scheduler.step(untold + SCALE * (told - untold), now, latents).prev_sample
        return latents

    def plan(off: int) -> Plan:
        scales = torch.full((25, len(noise)), SCALE)
        scales[:off] = 0
        return Plan(noise, conditions, scales)

    def ours(off: int = 0) -> torch.Tensor:
        return case.experiment.sampler().sample(plan(off)).final

    assert torch.allclose(ours(), pipeline(), atol=1e-2)
    theirs, plain, delayed = fastest(pipeline, ours, lambda: ours(10))
    print(
        f"\n{count} samples, 25 steps of DDIM, one thread, CPU seconds: diffusers' loop {theirs:.3f}; ours "
        f"{plain:.3f}, {theirs / plain:.2f}x; with guidance off in 10 steps {delayed:.3f}, {theirs / delayed:.2f}x"
    )

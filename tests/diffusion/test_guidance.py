"""Guided sampling against the schedule's own way down, and what it counts."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from suite.diffusion.convolutional import CaptionedUNet
from suite.diffusion.guidance import Plan, Sampler, Seen
from suite.diffusion.schedule import Schedule
from suite.diffusion.steps import DDIM

SCHEDULE = Schedule(steps=40, first=1e-4, last=0.1)
STRIDE, STEPS, COUNT = 8, 5, 3


@pytest.fixture(scope="module")
def network() -> CaptionedUNet:
    torch.manual_seed(0)
    network = CaptionedUNet(1, 8, tokens=6).eval().requires_grad_(False)
    for block in (network.fine, *network.coarse, network.joined):
        torch.nn.init.normal_(block.second.weight, std=0.1)
    return network


@pytest.fixture
def sampler(network: CaptionedUNet) -> Sampler:
    return Sampler(network, DDIM(SCHEDULE, STRIDE))


@pytest.fixture(scope="module")
def asked(network: CaptionedUNet) -> tuple[torch.Tensor, torch.Tensor]:
    noise = torch.randn(COUNT, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    return noise, network.captions(torch.tensor([[0, 3], [1, -1], [2, 5]]))


def scales(value: float) -> torch.Tensor:
    return torch.full((STEPS, COUNT), value)


@pytest.mark.parametrize(("scale", "each"), [(0.0, 1), (1.0, 1), (2.5, 2), (-1.0, 2)])
def test_a_constant_scale_is_the_guided_denoiser_on_the_schedule(network, sampler, asked, scale, each) -> None:
    noise, conditions = asked

    def guided(noised: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        untold = network(noised, times, network.captions.unconditional(len(noised)))
        return untold + scale * (network(noised, times, conditions) - untold)

    found = sampler.sample(Plan(noise, conditions, scales(scale)))
    expected = SCHEDULE.reconstructed(guided, noise, SCHEDULE.steps - 1, STRIDE)
    assert torch.allclose(found.final, expected, atol=1e-4)
    assert sampler.evaluations == each * COUNT * STEPS


def test_each_sample_has_a_plan_of_its_own(sampler, asked) -> None:
    noise, conditions = asked
    mixed = torch.stack([scales(value)[:, 0] for value in (0.0, 1.0, 3.0)], dim=1)
    together = sampler.sample(Plan(noise, conditions, mixed)).final
    assert sampler.evaluations == STEPS * (1 + 1 + 2)
    for k in range(COUNT):
        alone = sampler.sample(Plan(noise[k : k + 1], conditions[k : k + 1], mixed[:, k : k + 1])).final
        assert torch.allclose(together[k : k + 1], alone, atol=1e-4)


def test_rows_in_a_pass_change_nothing(network, asked) -> None:
    noise, conditions = asked
    one, all_at_once = (
        Sampler(network, DDIM(SCHEDULE, STRIDE), rows=rows).sample(Plan(noise, conditions, scales(3.0))).final
        for rows in (1, 100)
    )
    assert torch.allclose(one, all_at_once, atol=1e-4)


def test_a_guide_sees_every_step_and_decides(sampler, asked) -> None:
    noise, conditions = asked
    seen: list[Seen] = []

    class Watching:
        def scale(self, now: Seen) -> torch.Tensor:
            seen.append(now)
            return torch.full((COUNT,), 2.0)

    guided = sampler.sample(Plan(noise, conditions, Watching()))
    planned = sampler.sample(Plan(noise, conditions, scales(2.0)), keep=("norms", "clean", "latents"))
    assert torch.equal(guided.final, planned.final)
    assert [each.number for each in seen] == list(range(STEPS))
    assert torch.allclose(torch.stack([each.norms for each in seen]), planned.norms)
    assert torch.equal(planned.latents[0], noise)
    assert torch.allclose(planned.clean[-1], planned.final)


def test_norms_are_kept_only_where_both_predictions_are_made(sampler, asked) -> None:
    noise, conditions = asked
    lazy = sampler.sample(Plan(noise, conditions, scales(0.0)))
    assert lazy.norms.isnan().all()
    assert lazy.final.isfinite().all()
    whole = sampler.sample(Plan(noise, conditions, scales(0.0)), keep=("norms",))
    assert whole.norms.isfinite().all()
    assert torch.allclose(whole.final, lazy.final, atol=1e-5)
    first = sampler.difference(noise, conditions).flatten(1).norm(dim=1)
    assert torch.allclose(whole.norms[0], first, atol=1e-5)


class Careless:
    """A guide that changes what it is shown, and says the same scale throughout."""

    def __init__(self, said: Any) -> None:
        self.said = said

    def scale(self, now: Seen) -> Any:
        now.latents.zero_()
        now.difference.zero_()
        return self.said


def test_what_a_guide_does_to_what_it_is_shown_changes_nothing(sampler, asked) -> None:
    noise, conditions = asked[0].clone(), asked[1]
    guided = sampler.sample(Plan(noise, conditions, Careless(torch.full((COUNT,), 2.0))))
    assert torch.equal(noise, asked[0])
    assert torch.equal(guided.final, sampler.sample(Plan(noise, conditions, scales(2.0))).final)


@pytest.mark.parametrize("said", [2.0, torch.ones(1), torch.full((COUNT,), torch.nan), [1.0] * COUNT], ids=str)
def test_what_is_no_scale_is_refused(sampler, asked, said: Any) -> None:
    with pytest.raises(ValueError, match=r"a guide's scales are not finite of shape \(3,\)"):
        sampler.sample(Plan(*asked, Careless(said)))


def test_the_norms_at_the_first_step_are_those_of_a_walk(sampler, asked) -> None:
    walked = sampler.sample(Plan(*asked, scales(0.0)), keep=("norms",)).norms[0]
    before = sampler.evaluations
    assert torch.equal(sampler.first_norms(*asked), walked)
    assert sampler.evaluations == before + 2 * COUNT


def test_backward_passes_are_counted(sampler, asked) -> None:
    noise, conditions = asked[0].clone().requires_grad_(), asked[1]
    norms = sampler.difference(noise, conditions).flatten(1).norm(dim=1)
    assert (sampler.evaluations, sampler.backward) == (2 * COUNT, 0)
    norms.sum().backward()
    assert sampler.backward == 2 * COUNT
    assert noise.grad.abs().sum() > 0
    sampler.difference(noise, conditions)[0].norm().backward()  # the others are in the batch, no gradient is in them
    assert sampler.backward == 2 * COUNT + 2

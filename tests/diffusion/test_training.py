"""Training denoisers: it learns, it repeats itself, and replay changes nothing of the current data."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from suite.diffusion.mlp import MLP
from suite.diffusion.schedule import Schedule
from suite.diffusion.training import DenoisingRecipe, denoising_losses, drawn

SCHEDULE = Schedule()
RECIPE = DenoisingRecipe(updates=300, batch_size=16, learning_rate=3e-3, average=0.95)
CORNERS = torch.tensor([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0]])[:, None, None]
SHAPE = (1, 1, 2)


def network(seed: int = 0) -> MLP:
    torch.manual_seed(seed)
    return MLP(SHAPE, width=32, blocks=2)


def trained(recipe: DenoisingRecipe, model: nn.Module | None = None, **replay: object) -> nn.Module:
    model = model or network()
    recipe.train(model, CORNERS, SCHEDULE, seed=1, device="cpu", log=lambda _: None, **replay)
    return model


class Spy(nn.Module):
    """Predicts a constant, and keeps what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.constant = nn.Parameter(torch.zeros(1))
        self.seen: list[tuple[Tensor, Tensor]] = []

    def forward(self, noised: Tensor, times: Tensor) -> Tensor:
        self.seen.append((noised.detach().clone(), times))
        return self.constant.expand_as(noised)


def test_it_learns() -> None:
    clean = CORNERS.repeat(100, 1, 1, 1)
    generator = torch.Generator().manual_seed(5)
    times = torch.randint(1000, (300,), generator=generator)
    noise = torch.randn(clean.shape, generator=generator)

    def loss(model: nn.Module) -> float:
        with torch.no_grad():
            return float(denoising_losses(model, SCHEDULE, clean, times, noise).mean())

    before, after = loss(network()), loss(trained(RECIPE))
    assert after < before / 2
    assert after < 0.5  # a network that says nothing has 1


def test_it_repeats_itself_and_ends_in_evaluation_mode() -> None:
    recipe = replace(RECIPE, updates=20)
    one, other = trained(recipe), trained(recipe)
    assert not one.training
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_replay_leaves_current_batches_timesteps_and_noise_as_they_were() -> None:
    recipe = replace(RECIPE, updates=7)
    plain, none, few, many = (Spy() for _ in range(4))
    trained(recipe, plain)
    trained(recipe, none, replayed=CORNERS[:0], replay_batch=4)
    trained(recipe, few, replayed=CORNERS[:1], replay_batch=16)
    trained(recipe, many, replayed=10 * CORNERS, replay_batch=5)
    for spy, size in ((plain, 16), (none, 16), (few, 32), (many, 21)):
        assert [len(times) for _, times in spy.seen] == [size] * 7
        for (noised, times), (expected, at) in zip(spy.seen, plain.seen, strict=True):
            assert torch.equal(noised[:16], expected)
            assert torch.equal(times[:16], at)


def test_the_weights_that_are_kept_are_the_moving_average() -> None:
    """With the rate at zero but for decay, each update multiplies a weight by the same factor."""
    recipe = DenoisingRecipe(updates=30, batch_size=2, learning_rate=0.5, weight_decay=0.2, average=0.6)
    model = Spy()
    model.forward = lambda noised, times: noised + 0 * model.constant
    with torch.no_grad():
        model.constant.fill_(1.0)
    trained(recipe, model)
    weight = average = 1.0
    for update in range(30):
        weight *= 1 - 0.5 * 0.2
        decay = min(0.6, (1 + update) / (10 + update))
        average = decay * average + (1 - decay) * weight
    assert model.constant.item() == pytest.approx(average, rel=1e-5)


def test_a_small_network_may_take_one_thread() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    seen = []

    class Counts(Spy):
        def forward(self, noised: Tensor, times: Tensor) -> Tensor:
            seen.append(torch.get_num_threads())
            return super().forward(noised, times)

    try:
        trained(replace(RECIPE, updates=1, threads=1), Counts())
        trained(replace(RECIPE, updates=1), Counts())
        assert (seen, torch.get_num_threads()) == ([1, 2], 2)
    finally:
        torch.set_num_threads(before)


@settings(max_examples=30)
@given(count=st.integers(1, 20), batch=st.integers(1, 30))
def test_every_input_is_drawn_before_any_comes_again(count: int, batch: int) -> None:
    draws = drawn(torch.arange(count)[:, None].float(), batch, 1000, torch.Generator().manual_seed(0))
    rows = torch.cat([clean[:, 0] for clean, _, _ in islice(draws, 12)]).long()
    whole = len(rows) // count * count
    assert (rows[:whole].bincount(minlength=count) == whole // count).all()

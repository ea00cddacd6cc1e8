"""Values that the methods' equations give on denoisers made up for them."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from suite.diffusion.guidance import Path, Seen
from suite.plugins.memorization._descent import descend
from suite.plugins.memorization._noise_descent import norms_of, with_norms
from suite.plugins.memorization.batchwise_noise import descended
from suite.plugins.memorization.best_of_n import BestOfN
from suite.plugins.memorization.dynamic_delay import FirstMinimum
from suite.plugins.memorization.mode_interpolation import ModeInterpolation
from suite.plugins.memorization.nearest_training import NearestTraining
from suite.plugins.memorization.opposite_guidance import UNSEEN, most_alike
from suite.plugins.memorization.random_turn import turn
from suite.plugins.memorization.without_token import shared
from suite.testing.memorization import digits_case
from suite.tracks.memorization import DetectionContext


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class TestBatchwise:
    def test_a_linear_difference_shrinks_the_noise_by_the_factor(self) -> None:
        noise = with_norms(drawn(1, 4, 8, 8), torch.tensor(128.0))
        moved = descended(noise, lambda latents: latents, gamma=0.7, radius=50.0, steps=1)
        assert torch.allclose(moved, 0.7265625 * noise, rtol=1e-5)

    @pytest.mark.parametrize(("gamma", "steps"), [(0.0, 2), (0.7, 0)])
    def test_no_step_is_no_change(self, gamma: float, steps: int) -> None:
        noise = drawn(2, 1, 8, 8)
        assert torch.equal(descended(noise, torch.sin, gamma, 3.1, steps), noise)

    def test_samples_do_not_know_of_each_other(self, resources) -> None:
        case = digits_case(resources)
        noise, sampler = case.experiment.specials.noise[:2], case.experiment.sampler()

        def moved(rows: slice) -> torch.Tensor:
            conditions = case.conditions[rows]
            return descended(noise[rows], lambda latents: sampler.difference(latents, conditions), 0.7, 3.1, 2)

        apart = torch.cat([moved(slice(0, 1)), moved(slice(1, 2))])
        assert torch.allclose(moved(slice(0, 2)), apart, atol=1e-4)


class TestDescent:
    def test_a_target_above_takes_no_step(self) -> None:
        start = drawn(3, 5)
        found = descend(start, lambda rows, _: rows, target=100.0, rate=0.05, most=10)
        assert torch.equal(found.moved, start)
        assert found.steps.tolist() == [0, 0, 0]
        assert found.reached.all()

    def test_a_linear_difference_falls_until_the_target(self) -> None:
        norms: list[float] = []

        def difference(rows: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
            norms.append(float(rows.detach().norm()))
            return rows

        found = descend(drawn(1, 64), difference, target=4.0, rate=0.05, most=1000)
        assert norms[2:] == sorted(norms[2:], reverse=True)
        assert float(found.moved.norm()) <= 4.0
        assert found.reached.all()

    def test_each_sample_stops_by_itself_as_torch_would(self) -> None:
        start = torch.stack([drawn(16), 3 * drawn(16, seed=1)])
        together = descend(start, lambda rows, _: rows.sin(), target=1.5, rate=0.1, most=30)
        for k in range(2):
            alone = torch.nn.Parameter(start[k : k + 1].clone())
            optimiser, steps = torch.optim.AdamW([alone], lr=0.1), 0
            while float(alone.detach().sin().norm()) > 1.5 and steps < 30:
                optimiser.zero_grad()
                alone.sin().norm().backward()
                optimiser.step()
                steps += 1
            assert steps == int(together.steps[k])
            assert torch.allclose(together.moved[k], alone[0], atol=1e-5)

    def test_it_says_where_the_target_is_not_reached(self) -> None:
        found = descend(torch.full((1, 4), 5.0), lambda rows, _: rows, target=1.0, rate=0.01, most=3)
        assert not found.reached.any()
        assert found.steps.tolist() == [3]

    def test_its_cost_is_that_of_each_sample_alone(self, resources) -> None:
        case = digits_case(resources)
        noise, sampler = case.experiment.specials.noise[:6], case.experiment.sampler()

        def difference(latents: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
            return sampler.difference(latents, case.conditions[rows])

        found = descend(noise, difference, 0.9 * case.experiment.ordinary_norm, rate=0.05, most=60)
        assert found.reached.all()
        assert len(found.steps.unique()) > 1
        steps = int(found.steps.sum())
        assert (sampler.evaluations, sampler.backward) == (2 * (steps + len(noise)), 2 * steps)


def test_guidance_turns_where_the_norm_has_risen_after_a_fall() -> None:
    guide, found = FirstMinimum(0.0, 7.5), []
    for number, (one, other) in enumerate(zip((9.0, 8, 7, 5, 6, 4), (6.0, 5, 4, 3, 2, 1), strict=True)):
        seen = Seen(number, torch.zeros(2, 1), torch.tensor([[float(one)], [float(other)]]))
        found.append(guide.scale(seen).tolist())
    assert [scales[0] for scales in found] == [0, 0, 0, 0, 7.5, 7.5]
    assert [scales[1] for scales in found] == [0] * 6


@pytest.mark.parametrize(
    ("changes", "step"),
    [((3, 2, 1, 2, 3), 2), ((3, 1, 2, 1, 3), 3), ((3, 1, 2, 3, 4), 1), ((1, 2, 3, 4, 5), UNSEEN)],
)
def test_guidance_turns_where_latents_are_most_alike(changes: tuple[int, ...], step: int) -> None:
    angles = torch.tensor([0.0, *changes]).cumsum(0) / 10
    latents = torch.stack([angles.cos(), angles.sin()], dim=1)[:, None]
    assert most_alike(Path(latents[-1], torch.zeros(6, 1), latents=latents)).tolist() == [step]
    assert most_alike(Path(latents[1], torch.zeros(2, 1), latents=latents[:2])).tolist() == [UNSEEN]


@given(cosine=st.floats(-1, 1), seed=st.integers(0, 100))
def test_a_turn_has_its_angle_and_keeps_the_norm(cosine: float, seed: int) -> None:
    latents, towards = drawn(2, 3, 4, seed=seed), drawn(2, 3, 4, seed=seed + 1000)
    turned = turn(latents, towards, torch.full((2,), cosine))
    assert torch.allclose(norms_of(turned), norms_of(latents), rtol=1e-4)
    found = torch.cosine_similarity(turned.flatten(1), latents.flatten(1))
    assert torch.allclose(found, torch.full((2,), cosine), atol=1e-3)


def test_the_best_of_more_noises_has_a_smaller_difference(resources) -> None:
    case, method = digits_case(resources), BestOfN()
    norms = []
    for count in (1, 2, 8):
        sampler = case.experiment.sampler()
        plan = case.planned(method, count, sampler)
        assert sampler.evaluations == 2 * count * len(plan.noise)
        norms.append(sampler.difference(plan.noise, plan.conditions).flatten(1).norm(dim=1))
    assert (norms[0] >= norms[1]).all()
    assert (norms[1] >= norms[2]).all()
    assert norms[2].mean() < norms[0].mean()


def test_a_copy_is_near_one_training_image_alone() -> None:
    paths = Path(torch.tensor([[0.0, 0.1], [3, 3]]), torch.zeros(1, 2))
    context = DetectionContext(seed=0, training=torch.tensor([[0.0, 0], [0, 1], [5, 5]]))
    near, far = NearestTraining().score(paths, context).tolist()
    assert near == pytest.approx(-0.1 / 0.9)
    assert near > far


def test_a_point_out_of_support_is_far_from_the_fifth_nearest() -> None:
    training = torch.tensor([[0.0, 0], [0, 1], [0, 2], [0, 3], [0, 4], [9, 9]])
    paths = Path(torch.tensor([[0.0, 0], [9, 9]]), torch.full((1, 2), torch.nan))
    context = DetectionContext(seed=0, training=training, sought="out of support")
    near, far = NearestTraining().score(paths, context).tolist()
    assert near == pytest.approx(4)
    assert far == pytest.approx(float(torch.tensor([9.0, 8]).norm()))


@pytest.mark.parametrize(
    ("clean", "variance"),
    [(((0.0, 0), (1, 0), (2, 0), (3, 0)), 0.625), (((2.0, 5),) * 4, 0.0), (((9.0, 9), *(((1.0, 1),) * 10)), 0.0)],
)
def test_the_variance_of_predictions_is_over_the_last_ten_steps(clean, variance: float) -> None:
    predictions = torch.tensor(clean)[:, None]
    paths = Path(predictions[-1], torch.full((1, 1), torch.nan), predictions)
    assert ModeInterpolation().score(paths, DetectionContext(seed=0, training=None)).tolist() == [variance]


@given(scale=st.floats(0.1, 10), shift=st.floats(-10, 10), seed=st.integers(0, 100))
def test_the_variance_of_predictions_does_not_depend_on_place_and_grows_with_the_square(scale, shift, seed) -> None:
    predictions, context = drawn(12, 3, 2, seed=seed), DetectionContext(seed=0, training=None)

    def scores(clean: torch.Tensor) -> torch.Tensor:
        return ModeInterpolation().score(Path(clean[-1], torch.full((1, 3), torch.nan), clean), context)

    assert torch.allclose(scores(scale * predictions + shift), scale**2 * scores(predictions), rtol=1e-3, atol=1e-4)


def test_a_caption_without_its_own_token_keeps_what_others_have() -> None:
    captions = torch.tensor([[0, 2, 7], [0, 2, 7], [0, 3, 8], [1, 2, -1], [1, 3, 9]])
    assert shared(captions).tolist() == [[0, 2, -1], [0, 2, -1], [0, 3, -1], [1, 2, -1], [1, 3, -1]]

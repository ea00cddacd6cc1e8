"""What methods may ask of the denoiser, and that every pass is counted."""

from __future__ import annotations

import pytest
import torch

from suite.tracks.replay import Unavailable
from suite.tracks.replay.denoising.experiment import Experiment
from suite.tracks.replay.denoising.learner import DenoiserLearner


@pytest.fixture
def learner(experiment: Experiment) -> DenoiserLearner:
    inputs = experiment.before.old_inputs
    network = experiment.design.model.load(experiment.resources)
    return DenoiserLearner(network, inputs, experiment.diffusion.schedule, (100, 300), step=0.01, seed=7, device="cpu")


def test_vectors_are_pixels_and_free(learner: DenoiserLearner, experiment: Experiment) -> None:
    chosen = experiment.samples[torch.tensor([3, 1])]
    expected = (chosen.inputs.flatten(1).float() / 8 - 1) / 8
    torch.testing.assert_close(learner.flat(chosen), expected)
    centred = learner.features(experiment.samples)
    torch.testing.assert_close(centred.mean(dim=0), torch.zeros(64), atol=1e-6, rtol=0)
    differences = centred - learner.flat(experiment.samples)
    torch.testing.assert_close(differences, differences[:1].expand_as(differences))
    assert (learner.forward_passes, learner.backward_passes) == (0, 0)


def test_losses_do_not_depend_on_the_company(learner: DenoiserLearner, experiment: Experiment) -> None:
    losses = learner.losses(experiment.samples)
    count = len(experiment.samples)
    assert losses.shape == (count,)
    assert learner.forward_passes == 2 * count
    places = torch.tensor([5, 150, 7])
    torch.testing.assert_close(learner.losses(experiment.samples[places]), losses[places])
    assert learner.forward_passes == 2 * count + 6
    assert learner.backward_passes == 0


def test_gradients_are_those_of_the_losses(learner: DenoiserLearner, experiment: Experiment) -> None:
    some = experiment.samples[torch.arange(70)]  # more than a chunk
    of_each = learner.gradients(some)
    assert (learner.forward_passes, learner.backward_passes) == (140, 140)
    torch.testing.assert_close(learner.mean_gradient(some), of_each.mean(dim=0), rtol=1e-3, atol=1e-6)
    assert learner.backward_passes == 280
    one = some[torch.tensor([4])]
    before, after = learner.losses(one), learner.losses_after_step(one, one)
    expected = before - 0.01 * of_each[4].square().sum()  # to first order
    torch.testing.assert_close(after, expected[None].flatten(), rtol=0.02, atol=1e-4)
    torch.testing.assert_close(learner.losses(one), before)  # the step was taken back


def test_denoising_errors_are_those_of_the_network_at_the_nearest_noise(
    learner: DenoiserLearner, experiment: Experiment
) -> None:
    some = experiment.samples[torch.arange(70)]
    errors = learner.denoising_errors(some, 0.5, 4, torch.Generator().manual_seed(0))
    assert (errors.shape, learner.forward_passes) == ((70,), 280)
    schedule, inputs = experiment.diffusion.schedule, experiment.before.old_inputs[:70]
    time = int((schedule.kept - 0.5).abs().argmin())
    noise = torch.randn(1, *inputs.shape[1:], generator=torch.Generator().manual_seed(0))
    network = experiment.design.model.load(experiment.resources)
    with torch.no_grad():
        noised = schedule.noised(inputs, torch.full((70,), time), noise.expand_as(inputs))
        denoised = schedule.reconstructed(network, noised, time, time + 1)
    of_one_draw = learner.denoising_errors(some, 0.5, 1, torch.Generator().manual_seed(0))
    torch.testing.assert_close(of_one_draw, (denoised - inputs).square().flatten(1).mean(dim=1))
    slight = learner.denoising_errors(some, 0.05, 4, torch.Generator().manual_seed(0))
    assert slight.mean() < errors.mean() / 2


def test_there_are_no_logits_and_no_history(learner: DenoiserLearner, experiment: Experiment) -> None:
    for what, ask in (
        ("logits", lambda: learner.logits(experiment.samples)),
        ("logits", lambda: learner.augmented_logits(experiment.samples, 2, torch.Generator())),
        ("history", lambda: learner.history(experiment.samples)),
    ):
        with pytest.raises(Unavailable, match=f"a denoiser has no {what}"):
            ask()

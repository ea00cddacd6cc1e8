"""What methods see of the network: the values, what they cost, and that the network stays as it is."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from suite.tracks.replay import Exemplars, ReplayContext
from suite.tracks.replay.hopfield import energies
from suite.tracks.replay.stream.classifier import Classifier
from suite.tracks.replay.stream.metered import MeteredLearner

from ..conftest import TRAINING, digits


@pytest.fixture
def learner() -> Classifier:
    made = Classifier(TRAINING, 0, "cpu")
    for _ in range(5):
        made.step(digits([0, 1, 2], slice(30)))
    return made


@pytest.fixture
def samples() -> Exemplars:
    return digits([0, 1, 2, 3], slice(20))


def state(learner: Classifier) -> list[torch.Tensor]:
    return [each.detach().clone() for each in learner.network.state_dict().values()]


def test_features_and_logits_are_one_pass_until_the_next_step(learner: Classifier, samples: Exemplars) -> None:
    views = MeteredLearner(learner)
    features, logits = views.features(samples), views.logits(samples)
    losses = views.losses(samples)
    assert (views.forward_passes, views.backward_passes) == (20, 0)
    assert torch.allclose(learner.network.get_classifier()(features), logits, atol=1e-6)
    assert torch.allclose(losses, F.cross_entropy(logits, samples.labels, reduction="none"))
    learner.step(samples)
    assert not torch.equal(views.logits(samples), logits)
    assert views.forward_passes == 40


def test_gradients_are_those_of_each_sample_and_their_mean(learner: Classifier, samples: Exemplars) -> None:
    views = MeteredLearner(learner)
    each, mean = views.gradients(samples), views.mean_gradient(samples)
    assert each.shape == (20, sum(p.numel() for p in learner.network.parameters()))
    assert torch.allclose(each.mean(dim=0), mean, atol=1e-6)
    assert (views.forward_passes, views.backward_passes) == (40, 40)


def test_a_virtual_step_is_taken_back(learner: Classifier, samples: Exemplars) -> None:
    views, before = MeteredLearner(learner), state(learner)
    plain = views.losses(samples)
    after = views.losses_after_step(samples[:5], samples)
    assert all(torch.equal(one, other) for one, other in zip(before, state(learner), strict=True))
    assert after[:5].mean() < plain[:5].mean()
    assert views.backward_passes == 5
    with torch.no_grad():
        for parameter, gradient in zip(
            learner.network.parameters(),
            views.mean_gradient(samples[:5]).split([p.numel() for p in learner.network.parameters()]),
            strict=True,
        ):
            parameter -= TRAINING.learning_rate * gradient.view_as(parameter)
    learner.steps += 1
    assert torch.allclose(views.losses(samples), after, atol=1e-5)


def test_augmentations_of_a_learner_that_has_none_are_all_the_same(learner: Classifier, samples: Exemplars) -> None:
    views = MeteredLearner(learner)
    found = views.augmented_logits(samples, 3, torch.Generator().manual_seed(0))
    assert found.shape == (3, 20, 10)
    assert torch.equal(found[0], found[2])
    assert views.forward_passes == 60


def test_looking_leaves_the_network_in_training_mode_and_unchanged(learner: Classifier, samples: Exemplars) -> None:
    views, before = MeteredLearner(learner), state(learner)
    views.features(samples)
    views.augmented_logits(samples, 2, torch.Generator())
    views.gradients(samples[:2])
    assert learner.network.training
    assert all(torch.equal(one, other) for one, other in zip(before, state(learner), strict=True))


def test_energies_cost_what_their_vectors_cost(learner: Classifier, samples: Exemplars) -> None:
    views = MeteredLearner(learner)
    context = ReplayContext(seed=0, learner=views, classes=10)
    in_pixels = context.energies(samples, space="pixels")
    assert views.forward_passes == 0
    in_features = context.energies(samples, beta=3.0)
    assert views.forward_passes == 20
    context.energies(samples, space="logits")
    assert views.forward_passes == 20  # the same pass
    assert torch.allclose(in_features, energies(views.features(samples), 3.0))
    assert torch.allclose(in_pixels, energies(views.flat(samples)))


def test_random_streams_differ_from_moment_to_moment() -> None:
    one, other, again = (ReplayContext(seed=0, learner=None, classes=2, moment=moment) for moment in (1, 2, 1))
    assert one.rng("draw").random() == again.rng("draw").random() != other.rng("draw").random()
    drawn = [torch.rand(1, generator=context.generator("draw")) for context in (one, other, again)]
    assert drawn[0] == drawn[2] != drawn[1]

"""HVCM: its densities, its margin, and what the joint training does to real features."""

from __future__ import annotations

import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from suite import Context
from suite.models.architecture import Architecture
from suite.plugins.ood.hvcm import HVCM
from suite.plugins.ood.hvcm._network import CategoryNetwork
from suite.testing.ood import Trainable


@pytest.fixture
def network() -> CategoryNetwork:
    torch.manual_seed(0)
    made = CategoryNetwork(Architecture("small-cnn", {"classes": 3}).build(), components=2, attributes=5)
    torch.nn.init.normal_(made.weights)
    return made.eval()


def test_a_class_is_a_mixture_of_gaussians(network: CategoryNetwork) -> None:
    attributes = torch.randn(4, 5)
    mixture = MixtureSameFamily(Categorical(logits=network.weights), Independent(Normal(network.means, 1.0), 1))
    expected = mixture.log_prob(attributes[:, None])
    found = network.densities(attributes)
    torch.testing.assert_close(found - found[:, :1], expected - expected[:, :1])


def test_the_margin_enlarges_the_own_class_alone(network: CategoryNetwork) -> None:
    images, labels = torch.rand(6, 1, 8, 8), torch.arange(6) % 3
    densities = network(images)
    own = densities.gather(1, labels[:, None])[:, 0]
    logits = densities.clone()
    logits[range(6), labels] = own + 0.5 * own.clamp(max=0)
    expected = torch.nn.functional.cross_entropy(logits, labels) - 2.0 * own.mean()
    found = HVCM(margin=0.5, density=2.0).loss(network, images, labels, images[:0])
    torch.testing.assert_close(found, expected)


def test_it_classifies_and_tells_jigsaws_from_digits(trainable: Trainable) -> None:
    method = HVCM()
    method.train(trainable.data, Context(seed=0))
    with torch.no_grad():
        predicted = method.predict(trainable.images)[1].argmax(dim=1)
        assert (predicted == trainable.labels).double().mean() > 0.94
        assert trainable.auroc(method) > 0.8

"""The judge on real images: what is a copy, and what is not."""

from __future__ import annotations

import pytest
import torch

from suite.benchmarks.memorization.digits import DigitsTask
from suite.tracks.memorization.fidelity import FeatureNetwork, frechet_distance
from suite.tracks.memorization.judge import RATIO, Judge, apart


@pytest.fixture(scope="module")
def judge(resources) -> Judge:
    return Judge(DigitsTask().model(0).collection(resources))


def test_no_held_out_image_is_a_copy(judge: Judge) -> None:
    held = judge.collection.held
    found = judge.judged(held, judge.collection.patterns(held))
    ratio = found.first / found.second
    assert float((ratio < RATIO).float().mean()) == 0
    assert float(ratio.median()) == pytest.approx(0.92, abs=0.02)
    assert found.aligned.all()
    assert found.real.max() == 0
    assert float(found.margin.mean()) == pytest.approx(0.63, abs=0.03)
    assert found.cosine.isnan().all()


def test_a_duplicate_with_a_little_noise_is_a_copy(judge: Judge) -> None:
    collection = judge.collection
    images = collection.train[collection.duplicates]
    shaken = images + 0.03 * torch.randn(images.shape, generator=torch.Generator().manual_seed(0))
    found = judge.judged(shaken, collection.patterns(images), collection.duplicates)
    assert torch.equal(found.nearest, collection.duplicates)
    assert (found.first < RATIO * found.second).all()
    assert float(found.cosine.min()) > 0.9
    opposite = judge.judged(shaken, 7 - collection.patterns(images))
    assert not opposite.aligned.any()


def test_the_distance_to_others_is_that_within_the_group() -> None:
    images = torch.tensor([[0.0], [2.0], [6.0], [9.0]])
    assert apart(images, torch.tensor([0, 0, 0, 1])).tolist() == [4.0, 3.0, 5.0, 0.0]


def test_features_are_those_of_a_good_classifier(judge: Judge, resources) -> None:
    model, collection = DigitsTask().model(0), judge.collection
    network = FeatureNetwork.trained(collection.held, model.labels(resources))
    again = FeatureNetwork.trained(collection.held, model.labels(resources))
    assert all(torch.equal(network.weights[name], again.weights[name]) for name in network.weights)
    targets = torch.from_numpy(model.data.open(resources).labels)[collection.order(1797)[597:]]
    assert float((network.classes(collection.train) == targets).float().mean()) > 0.96
    held, train = network.features(collection.held), network.features(collection.train)
    assert frechet_distance(held, held) == pytest.approx(0, abs=1e-3)
    noise = network.features(torch.randn(500, 1, 8, 8, generator=torch.Generator().manual_seed(0)))
    assert frechet_distance(train, held) < 0.1 * frechet_distance(noise, held)


def test_the_frechet_distance_of_known_gaussians() -> None:
    a = torch.tensor([[0.0, 1], [0, -1], [1, 0], [-1, 0]])
    assert frechet_distance(a, a + 3) == pytest.approx(18)
    assert frechet_distance(a, 2 * a) == pytest.approx(2 * 0.5 * (2 - 1) ** 2)
    weights = torch.tensor([1.0, 1, 0, 0])
    assert frechet_distance(a[:2], a, weights) == pytest.approx(0, abs=1e-6)

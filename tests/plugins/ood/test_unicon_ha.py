"""UniCon-HA: its views, its objective, and what the training does to real features."""

from __future__ import annotations

import math

import pytest
import torch

from suite import Context
from suite.plugins.ood.unicon_ha import UniConHA
from suite.plugins.ood.unicon_ha._objective import aggregation, weight
from suite.plugins.ood.unicon_ha._views import views
from suite.testing.ood import Trainable


def test_views_are_moved_and_turned() -> None:
    image = torch.zeros(1, 2, 8, 8)
    image[0, 0, 4, 4] = 1.0
    shown = views(image.expand(50, -1, -1, -1), 1.0, torch.Generator().manual_seed(0))
    assert shown.shape == (2, 4, 50, 2, 8, 8)
    assert torch.equal(shown[:, 3], shown[:, 0].rot90(3, dims=(-2, -1)))
    assert not shown[:, :, :, 1].any()
    places = shown[:, 0, :, 0].flatten(2).argmax(dim=2)
    assert {divmod(place, 8) for place in places.unique().tolist()} == {(r, c) for r in (3, 4, 5) for c in (3, 4, 5)}
    assert 0.75 <= shown.flatten(3).amax(dim=3).min() < 1 < shown.max() <= 1.25


def test_the_objective_by_hand() -> None:
    """Two views of two images of one class, and of the same turned once; each kind in a direction of its own."""
    vectors = torch.zeros(2, 2, 2, 3)
    vectors[:, 0, :, 0] = 1.0
    vectors[:, 1, 0, 1] = 1.0
    vectors[:, 1, 1, 2] = 1.0
    near, far = math.exp(2.0), 1.0
    inside = -math.log(near / (3 * near + 4 * far))
    outside = -math.log(near / (near + 6 * far))
    found = aggregation(vectors, torch.tensor([0, 0]), temperature=0.5)
    assert float(found) == pytest.approx(inside + outside)


def test_classes_are_gathered_apart_and_turned_images_are_gathered_with_nobody() -> None:
    torch.manual_seed(0)
    vectors, labels = torch.nn.functional.normalize(torch.randn(2, 4, 6, 5), dim=-1), torch.tensor([0, 0, 0, 1, 1, 1])
    free = vectors.clone().requires_grad_()
    rate = 0.05
    for _ in range(400):
        unit = torch.nn.functional.normalize(free, dim=-1)
        (gradient,) = torch.autograd.grad(aggregation(unit, labels, 0.2), free)
        free = (free - rate * gradient * 24).detach().requires_grad_()
    unit = torch.nn.functional.normalize(free.detach(), dim=-1)
    zero, one = unit[:, 0, :3].flatten(0, 1), unit[:, 0, 3:].flatten(0, 1)
    assert (zero @ zero.T).min() > 0.9
    assert (zero @ one.T).max() < 0.5
    turned = unit[0, 1:].flatten(0, 1)
    assert (turned @ turned.T).mean() < 0.3


def test_what_lies_far_from_its_class_counts_less() -> None:
    vectors = torch.tensor([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.8, 0.6], [-1.0, 0.0]])
    same = torch.ones(5, 5, dtype=torch.bool).fill_diagonal_(False)
    weights = weight(vectors, same)
    assert weights[0] == weights[1] > weights[3] > 0 == weights[4]


def test_it_classifies_and_tells_jigsaws_from_digits(trainable: Trainable) -> None:
    method = UniConHA(epochs=5)
    method.train(trainable.data, Context(seed=0))
    with torch.no_grad():
        predicted = method.predict(trainable.images)[1].argmax(dim=1)
    assert (predicted == trainable.labels).double().mean() > 0.7
    assert trainable.auroc(method) > 0.8

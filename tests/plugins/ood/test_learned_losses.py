"""The objectives of the methods that train for shifted data, against what can be worked out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from suite.contracts import Context, Resources
from suite.plugins.ood.bonsai import halved
from suite.plugins.ood.cbd_gen import CBDGen
from suite.plugins.ood.coral import CORAL
from suite.plugins.ood.cutmix import CutMix
from suite.plugins.ood.erm import ERM
from suite.plugins.ood.group_dro import GroupDRO
from suite.plugins.ood.irm import IRM
from suite.plugins.ood.mixup import Mixup
from suite.plugins.ood.sam import SAM
from suite.plugins.ood.swa import SWA
from suite.testing.generalization import learnable_digits
from suite.tracks.ood import Learner, LearningData

COUNT = 60


@pytest.fixture(scope="module")
def data(resources: Resources) -> LearningData:
    """Sixty coloured digits with marks, and an epoch of steps."""
    data = learnable_digits(Marked, resources, epochs=1).data
    marked = {name: getattr(data, name)[:COUNT] for name in ("pixels", "labels", "groups", "environments")}
    return replace(data, **marked)


class Marked(GroupDRO, IRM):
    """Is given groups and environments."""


def batch(data: LearningData) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    """Return a fresh network, and the arguments of a loss with all images."""
    images = data.transform.normalise(data.pixels)
    return data.build(0), (images, data.labels, data.groups, data.environments)


def begun(method: Learner, **state: Any) -> Any:
    """Return a method as `train` leaves it before the first step."""
    for name, value in state.items():
        setattr(method, name, value)
    return method


def test_groups_and_environments_arrive_with_their_images(data: LearningData) -> None:
    seen: list[tuple[torch.Tensor, ...]] = []

    def loss(network: torch.nn.Module, images: torch.Tensor, *marks: torch.Tensor) -> torch.Tensor:
        seen.append((images, *marks))
        return F.cross_entropy(network(images), marks[0])

    data.fit(data.build(0), Context(seed=0), loss=loss)
    images, *marks = (torch.cat(part) for part in zip(*seen, strict=True))
    given = data.transform.normalise(data.pixels)
    places = [int((given - image).abs().flatten(1).sum(1).argmin()) for image in images]
    assert sorted(places) == list(range(COUNT))
    for values, expected in zip(marks, (data.labels, data.groups, data.environments), strict=True):
        assert torch.equal(values, expected[places])


def test_a_loss_that_is_the_cross_entropy_trains_what_plain_training_does(data: LearningData) -> None:
    plain, other = data.build(1), data.build(1)
    data.fit(plain, Context(seed=1))
    data.fit(other, Context(seed=1), loss=lambda network, images, labels, *_: F.cross_entropy(network(images), labels))
    assert torch.equal(plain.linear.weight, other.linear.weight)


def test_mixtures_of_equal_images_cost_what_the_images_do(data: LearningData) -> None:
    network, (images, labels, *marks) = batch(data)
    same, label = images[:1].expand(8, -1, -1, -1), labels[:1].expand(8)
    expected = F.cross_entropy(network(same), label)
    for method in (Mixup(), CutMix(probability=1.0)):
        begun(method, _rng=np.random.default_rng(0))
        assert method.loss(network, same, label, *marks).item() == pytest.approx(expected.item(), rel=1e-5)


def test_cutmix_labels_by_the_area_that_is_pasted(data: LearningData) -> None:
    """A network that says how bright its input is, on black and white images."""

    def brightness(images: torch.Tensor) -> torch.Tensor:
        whites.append(images.mean(dim=(1, 2, 3)))
        return torch.stack([torch.zeros(len(images)), torch.ones(len(images))], dim=1)

    whites: list[torch.Tensor] = []
    images = torch.stack([torch.zeros(3, 8, 8), torch.ones(3, 8, 8)])
    method = begun(CutMix(probability=1.0), _rng=np.random.default_rng(3))
    losses = [float(method.loss(brightness, images, torch.tensor([0, 1]), images, images)) for _ in range(20)]
    mean = float(F.cross_entropy(torch.tensor([[0.0, 1.0]] * 2), torch.tensor([0, 1])))
    assert losses == pytest.approx([mean] * 20, rel=1e-5)  # both labels lose and gain the same area
    assert len({float(white[0]) for white in whites}) > 5
    assert all(float(white.sum()) == pytest.approx(1.0) for white in whites)


def test_group_weights_grow_with_the_loss_and_the_objective_is_theirs(data: LearningData) -> None:
    network, (images, labels, groups, environments) = batch(data)
    count = int(groups.max()) + 1
    method = begun(GroupDRO(step=0.5), weights=torch.ones(count))
    loss = method.loss(network, images, labels, groups, environments)
    losses = F.cross_entropy(network(images), labels, reduction="none").detach()
    means = [float(losses[groups == group].mean()) if (groups == group).any() else 0.0 for group in range(count)]
    weights = np.exp(0.5 * np.array(means))
    weights /= weights.sum()
    assert method.weights.numpy() == pytest.approx(weights, rel=1e-4)
    assert loss.item() == pytest.approx(float(weights @ means), rel=1e-4)


def test_irms_penalty_is_the_slope_by_a_factor_of_the_logits(data: LearningData) -> None:
    network, arguments = batch(data)
    images, labels, _, environments = arguments
    method = begun(IRM(weight=10.0, start=0.0), _waiting=0)
    loss = float(method.loss(network, *arguments))
    with torch.no_grad():
        logits = network(images).double()
    risks, slopes = [], []
    for number in environments.unique():
        part = environments == number
        ends = [float(F.cross_entropy(logits[part] * scale, labels[part])) for scale in (1 - 1e-4, 1, 1 + 1e-4)]
        risks.append(ends[1])
        slopes.append((ends[2] - ends[0]) / 2e-4)
    assert loss == pytest.approx((np.mean(risks) + 10 * np.mean(np.square(slopes))) / 10, rel=1e-4)


def test_coral_asks_nothing_of_equal_environments(data: LearningData) -> None:
    network, (images, labels, groups, _) = batch(data)
    twice, both = torch.cat([images, images]), torch.cat([labels, labels])
    halves, mixed = torch.arange(2 * COUNT) // COUNT, torch.arange(2 * COUNT) % 2
    plain = float(F.cross_entropy(network(twice), both))
    equal, apart = (float(CORAL(weight=1e4).loss(network, twice, both, groups, each)) for each in (halves, mixed))
    assert equal == pytest.approx(plain, abs=1e-3)
    assert apart > equal + 0.02


def test_sams_gradient_is_the_one_uphill(data: LearningData) -> None:
    network, (images, labels, *marks) = batch(data)
    SAM(radius=0.3).loss(network, images, labels, *marks).backward()
    found = [parameter.grad for parameter in network.parameters()]
    other = data.build(0)
    F.cross_entropy(other(images), labels).backward()
    slopes = [parameter.grad.clone() for parameter in other.parameters()]
    length = torch.cat([slope.flatten() for slope in slopes]).norm()
    with torch.no_grad():
        for parameter, slope in zip(other.parameters(), slopes, strict=True):
            parameter += 0.3 * slope / length
    other.zero_grad()
    F.cross_entropy(other(images), labels).backward()
    for mine, expected in zip(found, other.parameters(), strict=True):
        torch.testing.assert_close(mine, expected.grad, rtol=1e-3, atol=1e-6)


def test_swa_averages_the_ends_of_its_cycles(data: LearningData) -> None:
    """Of one cycle, which begins at the recipe's rate, the average is plain training with that cycle's order."""
    method, context = SWA(share=1.0, rate=1.0), Context(seed=0)
    method.train(data, context)
    plain = data.build(0)
    data.fit(plain, replace(context, seed=int(context.rng("cycles").integers(2**31, size=1)[0])))
    assert torch.equal(method.network.linear.weight, plain.linear.weight)
    two = replace(data, recipe=replace(data.recipe, epochs=2))
    method.train(two, context)
    ends, network = [], data.build(0)
    for seed in context.rng("cycles").integers(2**31, size=2):
        data.fit(network, replace(context, seed=int(seed)))
        ends.append(network.linear.weight.detach().clone())
    torch.testing.assert_close(method.network.linear.weight, torch.stack(ends).mean(dim=0))


def test_what_was_wrong_has_half_of_the_weight() -> None:
    wrong = torch.tensor([True, False, False, False, False, True, False, False])
    weights = halved(wrong)
    assert float(weights[wrong].sum()) == pytest.approx(float(weights[~wrong].sum()))
    assert float(weights.mean()) == pytest.approx(1.0)
    assert halved(wrong & False).tolist() == [1.0] * 8


def test_the_fields_energy_is_zero_where_nothing_has_changed(data: LearningData) -> None:
    network, (images, labels, *marks) = batch(data)
    method = begun(CBDGen(weight=1.0, noise=0.0), _data=data, _generator=torch.Generator().manual_seed(0))
    begun(method, _device="cpu", _steps=0)
    plain = float(F.cross_entropy(network(images), labels))
    assert float(method.loss(network, images, labels, *marks)) == pytest.approx(plain, abs=1e-5)  # the same images
    moved = float(method.loss(network, images[:5], labels[:5], *marks))
    energy = moved - float(F.cross_entropy(network(images[:5]), labels[:5]))
    assert 0.01 < energy < 4  # the squared difference of two means of unit numbers
    assert float(method._poisson.sum()) == pytest.approx(1.0)


def test_plain_training_is_the_recipe(data: LearningData) -> None:
    method, plain = ERM(), data.build(4)
    method.train(data, Context(seed=4))
    data.fit(plain, Context(seed=4))
    assert torch.equal(method.network.linear.weight, plain.linear.weight)

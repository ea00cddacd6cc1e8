"""Energies at both ends of beta, ties, and what each member of the family makes of them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from suite.plugins.replay.hopfield_energy import HopfieldEnergy
from suite.plugins.replay.hopfield_energy_balanced import HopfieldEnergyBalanced
from suite.plugins.replay.hopfield_energy_bottom import HopfieldEnergyBottom
from suite.plugins.replay.hopfield_energy_stratified import HopfieldEnergyStratified
from suite.plugins.replay.hopfield_energy_weighted import HopfieldEnergyWeighted
from suite.tracks.replay.hopfield import energies


@pytest.fixture
def features() -> Tensor:
    return torch.randn(80, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64) + 1


@pytest.fixture
def cluster_and_outlier() -> Tensor:
    """Twelve unit vectors with pairwise inner products 0.35, and one orthogonal to all."""
    patterns = torch.zeros(13, 50)
    patterns[:12, 0] = 0.35**0.5
    patterns[torch.arange(12), torch.arange(1, 13)] = 0.65**0.5
    patterns[12, 13] = 1
    return patterns


def unit(features: Tensor) -> Tensor:
    return torch.nn.functional.normalize(features - features.mean(dim=0))


def test_small_beta_ranks_by_mean_similarity(features: Tensor) -> None:
    products = unit(features) @ unit(features).T
    mean = (products.sum(dim=1) - products.diagonal()) / (len(features) - 1)
    found = energies(features, beta=1e-5, normalise=True)
    assert torch.allclose(found, 1 - mean, atol=1e-5)
    assert found.argsort().tolist() == (-mean).argsort().tolist()


def test_large_beta_ranks_by_the_nearest_neighbour(features: Tensor) -> None:
    products = unit(features) @ unit(features).T
    nearest = products.fill_diagonal_(-torch.inf).amax(dim=1)
    found = energies(features, beta=1e6, normalise=True)
    assert torch.allclose(found, 1 - nearest, atol=1e-4)
    assert nearest[found.argsort()].diff().max() < 1e-9  # two that are each other's nearest tie


@pytest.mark.parametrize("beta", [0.1, 3.0, 40.0])
def test_it_is_the_formula(features: Tensor, beta: float) -> None:
    distances = torch.cdist(features, features).square()
    weights = (-beta * distances / 2).exp().fill_diagonal_(0)
    expected = -(weights.sum(dim=1) / (len(features) - 1)).log() / beta
    assert torch.allclose(energies(features, beta, normalise=False), expected, atol=1e-8)


def test_the_outlier_is_first_or_last(cluster_and_outlier: Tensor, context: Any, learner: Any, labelled: Any) -> None:
    learner.looks["features"] = lambda _: cluster_and_outlier
    samples = labelled([0] * 13)
    assert HopfieldEnergy(beta=8, normalise=False).select(samples, 5, context())[0] == 12
    assert HopfieldEnergy().select(samples, 5, context())[0] == 12
    assert 12 not in HopfieldEnergyBottom().select(samples, 12, context())


def test_ties_in_the_cluster_are_broken_by_the_seed(
    cluster_and_outlier: Tensor, context: Any, learner: Any, labelled: Any
) -> None:
    learner.looks["features"] = lambda _: cluster_and_outlier
    seconds = {int(HopfieldEnergy(beta=8).select(labelled([0] * 13), 2, context(seed=seed))[1]) for seed in range(80)}
    assert seconds == set(range(12))


def test_duplicates_tie(features: Tensor, context: Any, learner: Any, labelled: Any) -> None:
    """Each of 20 vectors comes four times in shuffled order: of every four any is as good."""
    places = torch.randperm(80, generator=torch.Generator().manual_seed(1)) % 20
    learner.looks["features"] = lambda _: features[places].float()
    samples = labelled([0] * 80)
    orders = [HopfieldEnergy(beta=5).select(samples, 79, context(seed=seed)) for seed in range(40)]
    assert len({tuple(places[order[:76]].tolist()) for order in orders}) == 1
    assert len({int(order[0]) for order in orders}) == 4


def test_a_long_vector_is_not_isolated_for_its_length() -> None:
    """Two neighbours far from the origin; in Ramsauer's energy their norms alone would decide."""
    near, far = torch.eye(10) * 2, torch.tensor([[9.0] * 10, [9.1] * 10])
    found = energies(torch.cat([near, far]), beta=1.0, normalise=False)
    assert float(found[10:].max()) < float(found[:10].min())


@pytest.mark.parametrize("space", ["features", "logits", "pixels"])
def test_spaces_cost_what_they_are(space: Any, digits: Any, context: Any, learner: Any) -> None:
    looks = {"features": learner.features, "logits": learner.logits, "pixels": learner.flat}
    expected = energies(looks[space](digits[:60])).argmax()
    learner.forward_passes = 0
    assert HopfieldEnergy(space=space).select(digits[:60], 3, context())[0] == expected
    assert learner.forward_passes == (0 if space == "pixels" else 60)


def selected(method: Any, energy: Tensor, samples: Any, capacity: int, context: Any) -> Tensor:
    """Return what a method selects where samples have these energies."""
    method.energies = lambda *_: energy
    return method.select(samples, capacity, context)


def test_weights_rise_with_energy_and_the_lowest_comes_last(context: Any, labelled: Any) -> None:
    energy, samples = torch.tensor([-5.0, -4.0, -2.0, -5.0 + 1e-13], dtype=torch.float64), labelled([0] * 4)
    contexts = [context(seed=seed) for seed in range(4000)]
    orders = torch.stack([selected(HopfieldEnergyWeighted(), energy, samples, 4, each) for each in contexts])
    assert set(orders[:, 2:].flatten().tolist()) == {0, 3}
    assert abs(float((orders[:, 0] == 2).double().mean()) - 0.75) < 0.03
    assert abs(float((orders[:, 2] == 0).double().mean()) - 0.5) < 0.03


def test_strata_cover_energies_and_may_leave_out_the_highest(context: Any, labelled: Any) -> None:
    energy, samples = torch.cat([torch.linspace(-3, -2.9, 90), torch.linspace(-1, 0, 10)]), labelled([0] * 100)
    chosen = selected(HopfieldEnergyStratified(strata=10), energy, samples, 30, context())
    assert int((chosen >= 90).sum()) >= 9
    chosen = selected(HopfieldEnergyStratified(strata=10, cutoff=0.1), energy, samples, 30, context())
    assert int(chosen.max()) < 90


def test_balance_takes_the_highest_of_each_class(context: Any, labelled: Any) -> None:
    energy, samples = torch.tensor([5.0, 4.0, 3.0, 2.0, 1.0]), labelled([1, 1, 1, 0, 0])
    assert selected(HopfieldEnergyBalanced(), energy, samples, 4, context()).tolist() == [3, 0, 4, 1]

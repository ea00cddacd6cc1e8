"""Recipes learn, repeat themselves, and augment as they say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe, cross_entropy, cycled

SGD = Recipe(epochs=15, batch_size=32, learning_rate=0.05, weight_decay=1e-4)
TRANSFORM = Transform(size=8, channels=1)


def trained(recipe: Recipe, seed: int = 0, **extra: Any) -> tuple[float, dict[str, torch.Tensor]]:
    """Train on two classes, bright above and bright below; return the training accuracy and the weights."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(128) % 2
    pixels = torch.randint(60, (128, 8, 8, 1), generator=generator).to(torch.uint8)
    pixels[labels == 0, :4] += 120
    pixels[labels == 1, 4:] += 120
    torch.manual_seed(seed)
    network = Architecture("small-cnn", {"classes": 2, "width": 16}).build()
    recipe.train(network, pixels, labels, TRANSFORM, seed=seed, device="cpu", log=lambda _: None, **extra)
    assert not network.training
    accuracy = (network(TRANSFORM.normalise(pixels)).argmax(dim=1) == labels).double().mean()
    return float(accuracy), network.state_dict()


@pytest.mark.parametrize("optimiser", ["sgd", "adamw"])
def test_it_learns(optimiser: str) -> None:
    rate = 0.05 if optimiser == "sgd" else 3e-3
    assert trained(replace(SGD, optimiser=optimiser, learning_rate=rate))[0] == 1.0


def test_it_repeats_itself() -> None:
    one, other = trained(SGD)[1], trained(SGD)[1]
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_outliers_leave_the_order_and_augmentation_of_the_images_as_they_were() -> None:
    """With a loss that ignores them, training with outliers ends at the very weights of training without."""
    recipe = replace(SGD, crop_padding=1, flip=True, epochs=2)
    seen: list[torch.Size] = []

    def spying(network: Any, images: Any, labels: Any, outliers: Any) -> torch.Tensor:
        seen.append(outliers.shape)
        return cross_entropy(network, images, labels, outliers)

    plain = trained(recipe)[1]
    exposed = trained(recipe, loss=spying, outliers=torch.randint(256, (10, 8, 8, 1)).byte(), outlier_batch=24)[1]
    assert all(torch.equal(plain[name], exposed[name]) for name in plain)
    assert set(seen) == {torch.Size([24, 1, 8, 8])}


def test_a_batch_of_no_outliers_is_an_error() -> None:
    with pytest.raises(ValueError, match="there are no outliers, and the recipe takes 24 of them"):
        trained(SGD, outlier_batch=24)


def test_rows_come_in_random_order_and_all_before_any_comes_again() -> None:
    rows = cycled(10, 4, torch.Generator().manual_seed(0))
    drawn = torch.cat([next(rows) for _ in range(5)]).tolist()
    assert sorted(drawn[:10]) == sorted(drawn[10:]) == list(range(10))
    assert drawn[:10] != drawn[10:]


def test_augmentation_crops_and_flips() -> None:
    pixels = torch.zeros(500, 6, 6, 1, dtype=torch.uint8)
    pixels[:, 2, 1] = 9
    recipe = replace(SGD, crop_padding=1, flip=True)
    moved = recipe.augmented(pixels, torch.Generator().manual_seed(0))
    assert moved.shape == pixels.shape
    places = {tuple(place.tolist()) for image in moved for place in image[..., 0].nonzero()}
    assert places == {(row, column) for row in (1, 2, 3) for column in (0, 1, 2, 3, 4, 5)}


def test_the_cifar10_recipe_runs() -> None:
    """One epoch of ood/cifar10's recipe on random images: the path that trains where no weights are given."""
    from suite.benchmarks.ood.cifar10 import RECIPE, CIFAR10Task

    model = CIFAR10Task().model(0)
    pixels = torch.randint(256, (64, 32, 32, 3)).to(torch.uint8)
    network = model.architecture.build()
    before = network.state_dict()["linear.weight"].clone()
    replace(RECIPE, epochs=1).train(
        network, pixels, torch.arange(64) % 10, model.transform, seed=0, device="cpu", log=lambda _: None
    )
    after = network.state_dict()["linear.weight"]
    assert torch.isfinite(after).all()
    assert not torch.equal(before, after)


def test_warmup_and_precision_are_no_part_of_recipes_without_them() -> None:
    plain = Recipe(epochs=1, batch_size=8, learning_rate=0.1, weight_decay=0.0)
    assert "warmup_epochs" not in plain.identity
    assert "precision" not in plain.identity
    assert replace(plain, warmup_epochs=1, precision="bfloat16").identity != plain.identity


def test_learning_rate_warms_up_in_a_straight_line_then_falls_to_zero() -> None:
    recipe = Recipe(epochs=4, batch_size=8, learning_rate=0.1, weight_decay=0.0, warmup_epochs=2)
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=recipe.learning_rate)
    schedule = recipe._schedule(optimiser, 10)
    rates = []
    for _ in range(40):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    assert np.allclose(np.diff(rates[:20]), np.diff(rates[:2])[0])
    assert max(rates) == pytest.approx(0.1)
    assert rates[-1] < 0.002

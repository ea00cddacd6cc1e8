"""InvAD: its measures, and that a denoiser of ID digits tells jigsaws of them from new digits."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from suite import Context
from suite.diffusion.inversion import inverted
from suite.plugins.ood.invad import InvAD
from suite.testing.ood import Trainable


@pytest.fixture(scope="module")
def trained(trainable_once: Trainable) -> InvAD:
    method = InvAD(updates=500, width=64)
    method.train(trainable_once.with_copy().data, Context(seed=0))
    return method


def measured(trained: InvAD, images: torch.Tensor, **parameters: Any) -> torch.Tensor:
    other = InvAD(updates=500, width=64, **parameters)
    other.denoiser, other.schedule, other.classifier = trained.denoiser, trained.schedule, trained.classifier
    with torch.no_grad():
        return other.predict(images)[0]


def test_the_score_is_how_likely_the_latent_is(trained: InvAD, trainable: Trainable) -> None:
    images = trainable.images[:20]
    with torch.no_grad():
        latents = inverted(trained.schedule, trained.denoiser, images, 3).flatten(1)
    prior = torch.distributions.Independent(torch.distributions.Normal(torch.zeros(64), 1.0), 1)
    likely = measured(trained, images, strides=3)
    densities = prior.log_prob(latents)
    torch.testing.assert_close(likely - likely[0], densities - densities[0], rtol=1e-3, atol=1e-2)
    typical = measured(trained, images, strides=3, measure="typicality")
    torch.testing.assert_close(typical, -(latents.norm(dim=1) - 8).abs(), rtol=1e-4, atol=1e-4)


def test_the_way_back_is_closer_in_more_strides(trained: InvAD, trainable: Trainable) -> None:
    images = trainable.images[:20]
    missed = [measured(trained, images, strides=strides, measure="reconstruction").mean() for strides in (3, 300)]
    assert missed[0] < 2 * missed[1] < 0


def test_it_tells_jigsaws_from_digits_and_leaves_the_classes(trained: InvAD, trainable: Trainable) -> None:
    assert trainable.auroc(trained) > 0.85
    with torch.no_grad():
        assert torch.equal(trained.predict(trainable.images)[1], trainable.data.reference(trainable.images))

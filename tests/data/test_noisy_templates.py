"""Images whose class probabilities are known: that they are."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from suite.contracts import Resources
from suite.data.noisy_templates import TOP, NoisyTemplates, class_means, class_probabilities

SOURCE = NoisyTemplates(noise=8.0, count=3000, seed=1)


def test_labels_come_as_often_as_their_probabilities_say(resources: Resources) -> None:
    rows = SOURCE.open(resources)
    assert np.allclose(rows.probabilities.sum(axis=1), 1)
    drawn = np.eye(10)[rows.labels] - rows.probabilities
    error = np.sqrt((rows.probabilities * (1 - rows.probabilities)).sum(axis=0))
    assert (np.abs(drawn.sum(axis=0)) < 4 * error).all()
    confident = rows.probabilities.max(axis=1)
    for low, high in ((0.3, 0.6), (0.6, 0.9), (0.9, 1.01)):
        chosen = (confident >= low) & (confident < high)
        right = (rows.probabilities.argmax(axis=1) == rows.labels)[chosen]
        assert abs(right.mean() - confident[chosen].mean()) < 4 * np.sqrt(0.25 / chosen.sum())


def test_probabilities_are_those_of_bayes_rule_pixel_by_pixel() -> None:
    templates = class_means()
    image = np.random.default_rng(0).integers(TOP + 1, size=(8, 8))
    low = np.where(image == 0, -np.inf, image - 0.5)
    high = np.where(image == TOP, np.inf, image + 0.5)
    likelihoods = [np.prod(norm.cdf(high, mean, 8.0) - norm.cdf(low, mean, 8.0)) for mean in templates]
    found = class_probabilities(image[None].astype(np.uint8), templates, 8.0)[0]
    assert np.allclose(found, np.array(likelihoods) / np.sum(likelihoods), rtol=1e-6)


def test_little_noise_leaves_no_doubt_and_no_probability_is_lost_in_rounding(resources: Resources) -> None:
    sure = NoisyTemplates(noise=0.5, count=50, seed=0).open(resources)
    assert np.isfinite(sure.probabilities).all()
    assert np.array_equal(sure.probabilities.argmax(axis=1), sure.labels)
    assert sure.probabilities.max(axis=1).min() > 0.999


def test_the_same_seed_draws_the_same_images(resources: Resources) -> None:
    few = [NoisyTemplates(8.0, 5, seed).open(resources).images for seed in (0, 0, 1)]
    assert np.array_equal(few[0], few[1])
    assert not np.array_equal(few[0], few[2])

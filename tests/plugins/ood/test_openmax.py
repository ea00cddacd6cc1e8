"""OpenMax: the fit of the tails, its corner cases and its speed."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
import torch
from scipy.stats import weibull_min

from suite import Context
from suite.plugins.ood.openmax import OpenMax
from suite.plugins.ood.openmax._weibull import SHIFT, Weibull
from suite.tracks.ood import Batch, Labelled, LinearHead, TrainingSet


def training(logits: torch.Tensor, labels: torch.Tensor) -> TrainingSet:
    classes = logits.shape[1]
    seen = Labelled(logits, logits, labels)
    return TrainingSet(**vars(seen), head=LinearHead(torch.eye(classes), torch.zeros(classes)), validation=seen)


def separated(samples: int, classes: int) -> TrainingSet:
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(samples) % classes
    logits = torch.randn(samples, classes, generator=generator)
    logits[torch.arange(samples), labels] += 8
    return training(logits, labels)


def test_the_fit_is_the_maximum_likelihood() -> None:
    tails = torch.rand(6, 25, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 3 + 5
    tails[4, 10:] = torch.nan
    fitted = Weibull.fit(tails)
    for row, tail in enumerate(tails):
        values = (tail[~tail.isnan()] - fitted.smallest[row] + SHIFT).numpy()

        def likelihood(shape: float, log_scale: float, values: Any = values) -> float:
            return weibull_min.logpdf(values, shape, scale=SHIFT * math.exp(log_scale)).sum()

        shape, log_scale = float(fitted.shape[row]), float(fitted.log_scale[row])
        best = likelihood(shape, log_scale)
        assert best > max(likelihood(shape * factor, log_scale) for factor in (0.99, 1.01))
        assert best > max(likelihood(shape, log_scale + step) for step in (-1e-5, 1e-5))
        theirs, _, scale = weibull_min.fit(values, floc=0)
        assert best >= weibull_min.logpdf(values, theirs, scale=scale).sum() - 1e-6
        expected = weibull_min.cdf(values, shape, scale=SHIFT * math.exp(log_scale))
        distances = tail[~tail.isnan()].unsqueeze(0)
        found = fitted.cdf(distances, torch.full_like(distances, row, dtype=torch.int64))
        assert found[0].numpy() == pytest.approx(expected, rel=1e-6)


def test_degenerate_tails_give_steps() -> None:
    none, equal, single = torch.full((5,), torch.nan), torch.full((5,), 2.0), torch.tensor([3.0, *[torch.nan] * 4])
    fitted = Weibull.fit(torch.stack([none, equal, single]).double())
    distances = torch.tensor([[0.1, 1.9, 2.9], [5.0, 2.1, 3.1]], dtype=torch.float64)
    found = fitted.cdf(distances, torch.arange(3).expand(2, 3))
    assert found.tolist() == [[1.0, 0.0, 0.0], [1.0, 1.0, 1.0]]


def test_a_class_that_is_never_rightly_classified_is_unknown() -> None:
    train = separated(200, 4)
    train.labels[train.labels == 2] = 1
    detector = OpenMax(alpha=1)
    detector.fit(train, Context(seed=0))
    scores = detector.score(Batch(train.logits, train.logits))
    assert torch.isfinite(scores).all()
    unknown = train.logits.argmax(dim=1) == 2
    assert scores[unknown].max() < scores[~unknown].median()


def test_a_thousand_classes_take_seconds() -> None:
    """pytorch-ood takes 65 s for this number of classes and twice the samples."""
    train = separated(5_000, 1000)
    detector = OpenMax()
    started = time.perf_counter()
    detector.fit(train, Context(seed=0))
    for logits in train.logits.split(1000):
        detector.score(Batch(logits, logits))
    assert time.perf_counter() - started < 6

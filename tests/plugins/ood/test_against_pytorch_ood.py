"""On the same features our AUROC is that of pytorch-ood, the strongest peer, to 1e-4."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from suite import Context
from suite.plugins.ood.energy import Energy
from suite.plugins.ood.knn import KNN
from suite.plugins.ood.mahalanobis import Mahalanobis
from suite.plugins.ood.max_logit import MaxLogit
from suite.plugins.ood.msp import MSP
from suite.plugins.ood.vim import ViM
from suite.tracks.ood import Batch, Detector, LinearHead, TrainingSet
from suite.tracks.ood.metrics import auroc

peer = pytest.importorskip("pytorch_ood.detector", reason="install it with: pip install 'basin-suite[test]'")


def by_logits(detector: Any) -> Callable[[TrainingSet], Callable[..., Tensor]]:
    return lambda train: lambda batch: detector.predict_logits(batch.logits)


def by_features(make: Callable[[TrainingSet], Any]) -> Callable[[TrainingSet], Callable[..., Tensor]]:
    def fitted(train: TrainingSet) -> Callable[..., Tensor]:
        detector = make(train).fit_features(train.features, train.labels)
        return lambda batch: detector.predict_features(batch.features)

    return fitted


def vim(d: int) -> Callable[[TrainingSet], Any]:
    return lambda train: peer.ViM(None, d=d, w=train.head.weight, b=train.head.bias)


SAME = [
    pytest.param(MSP(), by_logits(peer.MaxSoftmax(None)), id="msp"),
    pytest.param(MaxLogit(), by_logits(peer.MaxLogit(None)), id="max-logit"),
    pytest.param(Energy(), by_logits(peer.EnergyBased(None)), id="energy"),
    pytest.param(Energy(temperature=2.0), by_logits(peer.EnergyBased(None, t=2.0)), id="energy-2"),
    pytest.param(KNN(k=50), by_features(lambda train: peer.KNN(None, k=50)), id="knn"),
    pytest.param(KNN(k=1), by_features(lambda train: peer.KNN(None, k=1)), id="knn-1"),
    pytest.param(ViM(d=8), by_features(vim(8)), id="vim-8"),
    pytest.param(ViM(d=16), by_features(vim(16)), id="vim-16"),
]


def difference(ours: Detector, theirs: Callable[[TrainingSet], Callable[..., Tensor]], features: Any) -> float:
    ours.fit(features.train, Context(seed=0))
    score = theirs(features.train)
    inside, outside = (-score(batch).numpy() for batch in (features.inside, features.outside))
    return auroc(*features.scores(ours)) - auroc(inside, outside)


@pytest.mark.parametrize(("ours", "theirs"), SAME)
def test_same_auroc(ours: Detector, theirs: Callable[..., Any], digits: Any) -> None:
    assert abs(difference(ours, theirs, digits)) <= 1e-4


def test_mahalanobis_agrees_where_the_covariance_has_full_rank(digits: Any) -> None:
    theirs = by_features(lambda train: peer.Mahalanobis(None))
    assert abs(difference(Mahalanobis(), theirs, live(digits))) <= 1e-4


def test_vim_differs_where_the_residual_is_below_float32(digits: Any) -> None:
    """With d = 64 the eigenvalues at the cut are under 1e-5 of the largest: the peer's float32 ``eigh`` mixes them.

    The same algorithm in float64 gives our value; the peer's is off by a tenth of a point.
    """
    weight, bias = digits.train.head.weight.double(), digits.train.head.bias.double()
    origin = -torch.linalg.pinv(weight) @ bias
    centred = digits.train.features.double() - origin
    values, vectors = torch.linalg.eigh(centred.T @ centred)
    assert values[len(values) - 64] / values[-1] < 1e-5
    residual = vectors[:, : len(values) - 64]
    alpha = digits.train.logits.double().amax(dim=1).mean() / (centred @ residual).norm(dim=1).mean()
    exact = [
        batch.logits.double().logsumexp(dim=1) - alpha * ((batch.features.double() - origin) @ residual).norm(dim=1)
        for batch in (digits.inside, digits.outside)
    ]
    ours = ViM(d=64)
    ours.fit(digits.train, Context(seed=0))
    assert auroc(*digits.scores(ours)) == pytest.approx(auroc(*exact), abs=1e-4)
    assert 1e-4 < abs(difference(ViM(d=64), by_features(vim(64)), digits)) < 1e-2


def live(features: Any) -> Any:
    """Leave out the dimensions that never fire: there the peer's covariance is singular and its answer is noise."""
    fires = features.train.features.std(dim=0) > 0.05
    train = features.train
    head = LinearHead(train.head.weight[:, fires], train.head.bias)
    cut = TrainingSet(train.features[:, fires], train.logits, train.labels, head)
    inside, outside = (Batch(batch.features[:, fires], batch.logits) for batch in (features.inside, features.outside))
    return replace(features, train=cut, inside=inside, outside=outside)

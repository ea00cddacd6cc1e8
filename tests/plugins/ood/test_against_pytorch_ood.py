"""On the same features our AUROC is that of pytorch-ood, the strongest peer, to 1e-4."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from suite import Context
from suite.plugins.ood.ash import ASH
from suite.plugins.ood.dice import DICE
from suite.plugins.ood.energy import Energy
from suite.plugins.ood.entropy import Entropy
from suite.plugins.ood.fdbd import FDBD
from suite.plugins.ood.gen import GEN
from suite.plugins.ood.gradnorm import GradNorm
from suite.plugins.ood.gram import Gram
from suite.plugins.ood.kl_matching import KLMatching
from suite.plugins.ood.knn import KNN
from suite.plugins.ood.mahalanobis import Mahalanobis
from suite.plugins.ood.max_logit import MaxLogit
from suite.plugins.ood.msp import MSP
from suite.plugins.ood.nac import NAC
from suite.plugins.ood.nci import NCI
from suite.plugins.ood.nnguide import NNGuide
from suite.plugins.ood.odin import ODIN
from suite.plugins.ood.openmax import OpenMax
from suite.plugins.ood.rankfeat import RankFeat
from suite.plugins.ood.react import ReAct
from suite.plugins.ood.relative_mahalanobis import RelativeMahalanobis
from suite.plugins.ood.scale import SCALE
from suite.plugins.ood.she import SHE
from suite.plugins.ood.temperature_scaling import TemperatureScaling
from suite.plugins.ood.vim import ViM
from suite.plugins.ood.vra import VRA
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


def by_fitted_logits(make: Callable[[Any], Any]) -> Callable[[TrainingSet], Callable[..., Tensor]]:
    def fitted(train: TrainingSet) -> Callable[..., Tensor]:
        detector = make(None).fit_logits(train.logits, train.labels)
        return lambda batch: detector.predict_logits(batch.logits)

    return fitted


def by_maps(make: Callable[[nn.Module], Any]) -> Callable[[TrainingSet], Callable[..., Tensor]]:
    """The peer shapes feature maps [N, D, 1, 1]; the pooled features are such maps."""

    def fitted(train: TrainingSet) -> Callable[..., Tensor]:
        detector = make(nn.Sequential(nn.Flatten(), head(train)))
        if detector.requires_fit:
            detector.fit_feature_maps(train.features[:, :, None, None], train.labels)
        return lambda batch: detector.predict_feature_maps(batch.features[:, :, None, None])

    return fitted


def head(train: TrainingSet) -> nn.Linear:
    classes, width = train.head.weight.shape
    linear = nn.Linear(width, classes)
    linear.load_state_dict({"weight": train.head.weight, "bias": train.head.bias})
    return linear


def dice(p: float) -> Callable[[TrainingSet], Any]:
    return lambda train: peer.DICE(None, train.head.weight, train.head.bias, p=p)


def ash(variant: str, percentile: float) -> Callable[[nn.Module], Any]:
    return lambda module: peer.ASH(None, module, variant=f"ash-{variant}", percentile=percentile)


def vim(d: int) -> Callable[[TrainingSet], Any]:
    return lambda train: peer.ViM(None, d=d, w=train.head.weight, b=train.head.bias)


def vra(low: float, high: float) -> Callable[[nn.Module], Any]:
    return lambda module: peer.VRA(None, module, lower_percentile=low, upper_percentile=high)


def temperature(train: TrainingSet) -> Callable[..., Tensor]:
    detector = peer.TemperatureScaling(None).fit_logits(train.validation.logits, train.validation.labels)
    return lambda batch: detector.predict_logits(batch.logits).detach()


def by_images(make: Callable[[Any], Any]) -> Callable[[TrainingSet], Callable[..., Tensor]]:
    """The peer runs the network itself, and is fitted on pairs of images and labels."""

    def fitted(train: TrainingSet) -> Callable[..., Tensor]:
        detector = make(copy.deepcopy(train.network).requires_grad_(True))
        rows = torch.arange(len(train.labels)).split(100)
        detector.fit([(train.images[int(part[0]) : int(part[-1]) + 1], train.labels[part]) for part in rows])
        return lambda batch: detector.predict(batch.images).detach()

    return fitted


def gram(network: Any) -> Any:
    head = nn.Sequential(*network.body[4:], network.linear)
    detector = peer.Gram(head, [network.body[:2], network.body[2:4]], num_classes=6)
    detector.validation_fraction = 0.0  # else it holds out a random draw of its own
    return detector


def nac(network: Any) -> Any:
    return peer.NACUE(network, [network.body[6]], m_bins=20, alpha=10.0, o_star=20)


NAC_20 = {"alpha": (10.0,), "bins": (20,), "filled": (20,), "samples": None, "spacing": "geometric"}

SAME = [
    pytest.param(MSP(), by_logits(peer.MaxSoftmax(None)), id="msp"),
    pytest.param(MaxLogit(), by_logits(peer.MaxLogit(None)), id="max-logit"),
    pytest.param(Energy(), by_logits(peer.EnergyBased(None)), id="energy"),
    pytest.param(Energy(temperature=2.0), by_logits(peer.EnergyBased(None, t=2.0)), id="energy-2"),
    pytest.param(KNN(k=50), by_features(lambda train: peer.KNN(None, k=50)), id="knn"),
    pytest.param(KNN(k=1), by_features(lambda train: peer.KNN(None, k=1)), id="knn-1"),
    pytest.param(Entropy(), by_logits(peer.Entropy(None)), id="entropy"),
    pytest.param(KLMatching(), by_fitted_logits(peer.KLMatching), id="kl-matching"),
    pytest.param(SHE(), by_features(lambda train: peer.SHE(None, head(train))), id="she"),
    pytest.param(FDBD(), by_features(lambda train: peer.fDBD(None, head(train))), id="fdbd"),
    pytest.param(NCI(), by_features(lambda train: peer.NCI(None, head(train))), id="nci"),
    pytest.param(NCI(alpha=0.1), by_features(lambda train: peer.NCI(None, head(train), alpha=0.1)), id="nci-0.1"),
    pytest.param(NNGuide(k=10), by_features(lambda train: peer.NNGuide(None, head(train), k=10)), id="nnguide"),
    pytest.param(DICE(p=90), by_features(dice(0.9)), id="dice"),
    pytest.param(DICE(p=50), by_features(dice(0.5)), id="dice-50"),
    pytest.param(ReAct(percentile=90), by_maps(lambda h: peer.ReAct(None, h, percentile=0.9)), id="react"),
    pytest.param(SCALE(percentile=85), by_maps(lambda h: peer.SCALE(None, h, percentile=0.85)), id="scale"),
    pytest.param(ASH(percentile=65, variant="s"), by_maps(ash("s", 0.65)), id="ash-s"),
    pytest.param(ASH(percentile=90, variant="b"), by_maps(ash("b", 0.9)), id="ash-b"),
    pytest.param(ASH(percentile=90, variant="p"), by_maps(ash("p", 0.9)), id="ash-p"),
    pytest.param(VRA(low=1, high=99, below="clip", per="feature"), by_maps(vra(0.01, 0.99)), id="vra"),
    pytest.param(VRA(low=60, high=80, below="clip", per="feature"), by_maps(vra(0.6, 0.8)), id="vra-60-80"),
    pytest.param(TemperatureScaling(), temperature, id="temperature-scaling"),
    pytest.param(ODIN(), by_images(peer.ODIN), id="odin"),
    pytest.param(
        ODIN(temperature=10, eps=0.01), by_images(lambda n: peer.ODIN(n, eps=0.01, temperature=10)), id="odin-10"
    ),
    pytest.param(
        RankFeat(),
        by_images(lambda network: peer.RankFeat(network.forward_features, network.forward_head)),
        id="rankfeat",
    ),
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


def test_relative_mahalanobis_agrees_where_the_covariance_has_full_rank(digits: Any) -> None:
    """The difference of two distances is more sensitive to the peer's float32 than either."""
    theirs = by_features(lambda train: peer.RMD(None))
    assert abs(difference(RelativeMahalanobis(), theirs, live(digits))) <= 5e-4


def test_gen_differs_where_the_peer_clamps_probabilities(digits: Any) -> None:
    """Its clamp at 1e-7 changes the order of samples that are more certain than that; without it the scores agree."""
    p = digits.inside.logits.double().softmax(dim=1)
    exact = -(p.pow(0.1) * (1 - p).clamp(min=0).pow(0.1)).sum(dim=1)
    uncertain = p.amax(dim=1) < 1 - 1e-7
    torch.testing.assert_close(GEN().score(digits.inside)[uncertain], exact[uncertain], rtol=1e-6, atol=1e-9)
    assert abs(difference(GEN(), by_logits(peer.GEN(None)), digits)) < 0.02


def test_gradnorm_is_the_norm_of_the_heads_gradient(digits: Any) -> None:
    weight = digits.train.head.weight.clone().requires_grad_(True)
    for i in range(5):
        logits = digits.inside.features[i] @ weight.T + digits.train.head.bias
        (gradient,) = torch.autograd.grad(-logits.log_softmax(dim=0).mean(), weight)
        found = GradNorm().score(Batch(digits.inside.features[i : i + 1], digits.inside.logits[i : i + 1]))
        assert float(found) == pytest.approx(float(gradient.abs().sum()), rel=1e-4)


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


@pytest.mark.parametrize("options", [{}, {"tail": 10, "alpha": 3}])
def test_openmax_agrees_on_training_samples_that_are_rightly_classified(options: dict[str, int], digits: Any) -> None:
    """As the paper, ours leaves out the two others, which the peer takes: a tenth of a point."""
    arguments = {{"tail": "tailsize"}.get(name, name): value for name, value in options.items()}
    theirs = by_fitted_logits(lambda model: peer.OpenMax(model, **arguments))
    assert abs(difference(OpenMax(**options), theirs, right(digits))) <= 1e-4
    assert 5e-5 < abs(difference(OpenMax(**options), theirs, digits)) < 1e-3


def test_gram_agrees_on_training_samples_that_are_rightly_classified(digits: Any) -> None:
    """Ours goes by the predicted class in training as at test, as the paper; the peer by the label in training."""
    assert abs(difference(Gram(powers=2, held_out=0), by_images(gram), right(digits))) <= 1e-4
    assert 1e-4 < abs(difference(Gram(powers=2, held_out=0), by_images(gram), digits)) < 1e-2


def test_nac_agrees_where_no_probability_is_below_the_peers_floor(digits: Any) -> None:
    """It adds 1e-12 to each, which takes the gradient from those that are smaller; ours is exact."""
    assert float(digits.train.logits.softmax(dim=1).amin()) < 1e-12
    assert 1e-3 < abs(difference(NAC(**NAC_20), by_images(nac), digits)) < 0.05
    assert abs(difference(NAC(**NAC_20), by_images(nac), milder(digits))) <= 1e-4


def test_the_temperature_is_the_likeliest(digits: Any) -> None:
    """pytorch-ood stops before it is reached: 1.015 for 1.039."""
    ours = TemperatureScaling()
    ours.fit(digits.train, Context(seed=0))
    theirs = peer.TemperatureScaling(None)
    theirs.fit_logits(digits.train.validation.logits, digits.train.validation.labels)

    def likelihood(temperature: float) -> float:
        logits = digits.train.validation.logits.double() / temperature
        return -float(nn.functional.cross_entropy(logits, digits.train.validation.labels))

    best = likelihood(ours.temperature)
    assert best > max(likelihood(ours.temperature * factor) for factor in (0.999, 1.001))
    assert best > likelihood(theirs.t.item())
    assert theirs.t.item() == pytest.approx(ours.temperature, rel=0.05)


def right(features: Any) -> Any:
    """Leave out the training samples that are misclassified."""
    train = features.train
    rows = (train.logits.argmax(dim=1) == train.labels).nonzero()[:, 0]
    assert 0 < len(train.labels) - len(rows) < 5
    images = torch.cat([train.images[int(row) : int(row) + 1] for row in rows])
    cut = replace(
        train, features=train.features[rows], logits=train.logits[rows], labels=train.labels[rows], images=images
    )
    return replace(features, train=cut)


def milder(features: Any) -> Any:
    """Divide the head by four, so that the network is less certain."""
    network = copy.deepcopy(features.train.network)
    with torch.no_grad():
        for parameter in network.linear.parameters():
            parameter /= 4
    head = LinearHead(features.train.head.weight / 4, features.train.head.bias / 4)
    train = replace(features.train, logits=features.train.logits / 4, head=head, network=network)
    inside, outside = (replace(batch, logits=batch.logits / 4) for batch in (features.inside, features.outside))
    return replace(features, train=train, inside=inside, outside=outside)


def live(features: Any) -> Any:
    """Leave out the dimensions that never fire: there the peer's covariance is singular and its answer is noise."""
    fires = features.train.features.std(dim=0) > 0.05
    train = features.train
    head = LinearHead(train.head.weight[:, fires], train.head.bias)
    cut = replace(train, features=train.features[:, fires], head=head)
    inside, outside = (Batch(batch.features[:, fires], batch.logits) for batch in (features.inside, features.outside))
    return replace(features, train=cut, inside=inside, outside=outside)

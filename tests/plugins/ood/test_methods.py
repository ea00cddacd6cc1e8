"""What every built-in detector must hold, and the worked values of the simple ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from suite import Context, SuiteError
from suite.plugins.ood.energy import Energy
from suite.plugins.ood.knn import KNN
from suite.plugins.ood.msp import MSP
from suite.plugins.ood.vim import ViM
from suite.registry import load_registry
from suite.tracks.ood import Batch, Detector, Labelled, LinearHead, TrainingSet

METHODS = [
    entry
    for entry in load_registry().methods_of("ood")
    if entry.plugin.distribution == "basin-suite" and issubclass(entry.value, Detector) and "/" not in entry.value.name
]
every_method = pytest.mark.parametrize("method", [entry.value for entry in METHODS], ids=[e.name for e in METHODS])


def test_the_methods_of_the_issue_are_there() -> None:
    names = {entry.value.name for entry in METHODS}
    assert names >= {"msp", "max-logit", "energy", "knn", "mahalanobis", "vim", "field-potential", "field-steady-state"}


def test_controls_take_no_place() -> None:
    assert {entry.value.name for entry in METHODS if entry.value.standing == "reference"} == {"random", "feature-norm"}


@every_method
def test_a_score_does_not_depend_on_its_batch(method: Any, digits: Any) -> None:
    detector = method()
    detector.fit(digits.train, Context(seed=0))
    whole = detector.score(digits.inside)
    assert whole.shape == (len(digits.inside.features),)
    assert torch.isfinite(whole).all()
    parts = [
        detector.score(Batch(digits.inside.features[rows], digits.inside.logits[rows], digits.inside.images[rows]))
        for rows in torch.arange(len(whole)).split(97)
    ]
    torch.testing.assert_close(torch.cat(parts), whole, rtol=1e-4, atol=1e-5)


@every_method
def test_the_same_seed_gives_the_same_scores(method: Any, digits: Any) -> None:
    scores = []
    for _ in range(2):
        detector = method()
        detector.fit(digits.train, Context(seed=3))
        scores.append(detector.score(digits.inside))
    assert torch.equal(*scores)


@every_method
def test_inputs_are_left_as_they_were(method: Any, digits: Any) -> None:
    inside, train = digits.inside, digits.train
    given = train.features, train.logits, train.labels, inside.features, inside.logits, inside.images
    before = [tensor.clone() for tensor in given]
    detector = method()
    detector.fit(train, Context(seed=0))
    detector.score(inside)
    for one, other in zip(before, given, strict=True):
        assert torch.equal(one, other)
        assert not other.requires_grad


@every_method
def test_an_all_zero_feature_vector_has_a_finite_score(method: Any, digits: Any) -> None:
    detector = method()
    detector.fit(digits.train, Context(seed=0))
    width, classes = digits.train.features.shape[1], digits.train.logits.shape[1]
    blank = torch.zeros(3, *digits.inside.images.shape[1:])
    assert torch.isfinite(detector.score(Batch(torch.zeros(3, width), torch.zeros(3, classes), blank))).all()


CHANGED = {
    "energy": {"temperature": 5.0},
    "knn": {"k": 3},
    "mahalanobis": {"shrinkage": 0.5},
    "vim": {"d": 16},
    "gen": {"gamma": 2.0, "top": 2},
    "react": {"percentile": 50.0},
    "dice": {"p": 50.0},
    "ash": {"variant": "s", "percentile": 50.0},
    "scale": {"percentile": 30.0},
    "nci": {"alpha": 0.1},
    "nnguide": {"k": 100},
    "openmax": {"tail": 5, "alpha": 2},
    "odin": {"temperature": 1.0, "eps": 0.1},
    "gram": {"powers": 2, "held_out": 0.5},
    "vra": {"low": 60.0, "high": 70.0, "below": "clip", "per": "feature"},
    "nac": {
        "alpha": (10.0, 100.0, 1.0, 1.0),
        "bins": (10, 10, 10, 10),
        "filled": (5, 5, 5, 5),
        "samples": 100,
        "spacing": "geometric",
    },
    "residual": {"d": 16},
    "field-potential": {
        "sphere": False,
        "background": "none",
        "screening": 0.01,
        "softening": 5.0,
        "charge": "none",
        "temperature": 0.5,
        "wells": "all",
    },
    "field-steady-state": {
        "sphere": True,
        "background": "none",
        "screening": 0.01,
        "softening": 5.0,
        "large_temperature": True,
    },
}


# Where a parameter acts only beside another that is not at its default.
BESIDE = {("vra", "below"): {"low": 60.0}}


@pytest.mark.parametrize(
    ("name", "change"), [(n, {k: v}) for n, changes in CHANGED.items() for k, v in changes.items()]
)
def test_every_parameter_has_an_effect(name: str, change: dict[str, Any], digits: Any) -> None:
    method = next(entry.value for entry in METHODS if entry.value.name == name)
    beside = BESIDE.get((name, *change), {})
    scores = []
    for detector in (method(**beside), method(**beside, **change)):
        detector.fit(digits.train, Context(seed=0))
        scores.append(detector.score(digits.inside))
    assert not torch.allclose(*scores, rtol=1e-3)


def logits(*rows: list[float]) -> Batch:
    return Batch(torch.zeros(len(rows), 1), torch.tensor(rows))


def test_energy_values() -> None:
    """The methods' reference, section 7.2."""
    assert float(Energy().score(logits([0.0, 0.0]))) == pytest.approx(0.693147, abs=1e-6)
    assert float(Energy(temperature=2).score(logits([2.0, 2.0]))) == pytest.approx(3.386294, abs=1e-6)


def test_energy_does_not_overflow() -> None:
    assert Energy().score(logits([1e4, -1e4])).tolist() == [1e4]


def test_msp_ranks_what_float32_softmax_ties() -> None:
    certain, more_certain = MSP().score(logits([20.0, 0.0], [25.0, 0.0])).tolist()
    assert torch.tensor([[20.0, 0.0], [25.0, 0.0]]).softmax(dim=1)[:, 0].unique().numel() == 1
    assert more_certain > certain


def test_knn_is_the_definition_in_any_block_size(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    bank, query = rng.normal(size=(300, 8)), rng.normal(size=(20, 8))
    units = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (bank, query)]
    expected = -np.sort(np.linalg.norm(units[1][:, None] - units[0][None], axis=2), axis=1)[:, 6]
    for rows in (16_384, 64, 5):
        monkeypatch.setattr("suite.plugins.ood._neighbours.BANK_ROWS", rows)
        detector = KNN(k=7)
        detector.fit(training(torch.from_numpy(bank)), Context(seed=0))
        found = detector.score(Batch(torch.from_numpy(query), torch.zeros(20, 1)))
        assert found.numpy() == pytest.approx(expected, abs=1e-9)


def test_more_neighbours_than_samples_is_an_error() -> None:
    with pytest.raises(ValueError, match="k = 50 is more than the 10 training samples"):
        KNN().fit(training(torch.randn(10, 4)), Context(seed=0))


@pytest.mark.parametrize("d", [4, 5])
def test_vim_without_a_residual_space_is_an_error(d: int) -> None:
    with pytest.raises(ValueError, match=r"leaves no residual space in 4 dimensions"):
        ViM(d=d).fit(training(torch.randn(10, 4)), Context(seed=0))


def test_a_wrong_parameter_names_itself_and_its_list() -> None:
    with pytest.raises(SuiteError, match="Did you mean 'temperature'") as error:
        Energy(temprature=2)
    assert error.value.next == "suite methods show energy"
    with pytest.raises(SuiteError, match="greater than 0"):
        Energy(temperature=0)


def training(features: torch.Tensor) -> TrainingSet:
    head = LinearHead(torch.randn(2, features.shape[1]), torch.randn(2))
    seen = Labelled(features, torch.randn(len(features), 2), torch.arange(len(features)) % 2)
    return TrainingSet(**vars(seen), head=head, validation=seen)

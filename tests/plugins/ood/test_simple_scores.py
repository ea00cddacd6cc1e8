"""The worked values of the simple detectors, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite import Context, SuiteError
from suite.plugins.ood.energy import Energy
from suite.plugins.ood.knn import KNN
from suite.plugins.ood.msp import MSP
from suite.plugins.ood.vim import ViM
from suite.tracks.ood import Batch, Labelled, LinearHead, TrainingSet


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


def test_knn_is_the_definition() -> None:
    rng = np.random.default_rng(0)
    bank, query = rng.normal(size=(300, 8)), rng.normal(size=(20, 8))
    units = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (bank, query)]
    expected = -np.sort(np.linalg.norm(units[1][:, None] - units[0][None], axis=2), axis=1)[:, 6]
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
    with pytest.raises(SuiteError, match=r"0 is not more than 0\.0"):
        Energy(temperature=0)


def training(features: torch.Tensor) -> TrainingSet:
    head = LinearHead(torch.randn(2, features.shape[1]), torch.randn(2))
    seen = Labelled(features, torch.randn(len(features), 2), torch.arange(len(features)) % 2)
    return TrainingSet(**vars(seen), head=head, validation=seen)

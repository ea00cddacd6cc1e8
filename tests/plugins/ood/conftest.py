"""Real features for the detectors: the reference model of ood/digits, seed 0."""

from __future__ import annotations

import pytest

from suite.contracts import Resources
from suite.plugins.ood.outlier_exposure import OutlierExposure
from suite.testing.ood import Features, Trainable, features_of_digits, trainable_digits


@pytest.fixture(scope="session")
def digits_once(resources: Resources) -> Features:
    """ID against the digits left out."""
    return features_of_digits(resources)


@pytest.fixture
def digits(digits_once: Features) -> Features:
    """The same with a copy of the network, to do with as one likes."""
    return digits_once.with_copy()


@pytest.fixture(scope="session")
def trainable_once(resources: Resources) -> Trainable:
    """What training methods get with outliers, and images to score."""
    return trainable_digits(OutlierExposure, resources)


@pytest.fixture
def trainable(trainable_once: Trainable) -> Trainable:
    """The same with a copy of the reference model, to do with as one likes."""
    return trainable_once.with_copy()

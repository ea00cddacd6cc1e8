"""Corrupted streams: exact shares, wrong labels that are wrong, outliers that are outliers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite.tracks.replay.stream.corruption import Corruption

from ..conftest import digits

IMAGES = np.full((7, 8, 8, 1), 16, dtype=np.uint8)


def test_shares_are_exact_and_nothing_else_changes() -> None:
    samples = digits([3, 8], slice(100))
    corruption = Corruption(0.2, 0.1)
    found = corruption.applied(samples, IMAGES, np.random.default_rng(0))
    places = corruption.places(len(samples), np.random.default_rng(0))
    noisy, outlying = (np.isin(np.arange(len(samples)), chosen) for chosen in places)
    assert (noisy.sum(), outlying.sum(), (noisy & outlying).sum()) == (20, 10, 0)
    changed = (found.labels != samples.labels).numpy()
    assert np.array_equal(changed, noisy)
    assert set(found.labels.tolist()) == {3, 8}
    other_images = (found.inputs != samples.inputs).flatten(1).any(dim=1).numpy()
    assert np.array_equal(other_images, outlying)
    assert torch.equal(found.inputs[torch.from_numpy(outlying)], torch.from_numpy(IMAGES[[0] * 10]))
    assert torch.equal(samples.labels, digits([3, 8], slice(100)).labels)  # what came in is left as it was


def test_a_single_class_has_no_wrong_label() -> None:
    with pytest.raises(ValueError, match="two or more classes"):
        Corruption(0.2, 0.1).applied(digits([3], slice(10)), IMAGES, np.random.default_rng(0))

"""Corrupted streams: exact shares, wrong labels that are wrong, outliers that are outliers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite.tracks.replay.corruption import Corruption, corrupted

from .conftest import digits

IMAGES = np.full((7, 8, 8, 1), 16, dtype=np.uint8)


def test_shares_are_exact_and_nothing_else_changes() -> None:
    samples = digits([3, 8], slice(100))
    found = corrupted(samples, Corruption(0.2, 0.1), IMAGES, np.random.default_rng(0))
    rows = samples.rows.numpy()
    noisy, outlying = np.isin(rows, found.noisy), np.isin(rows, found.outliers)
    assert (noisy.sum(), outlying.sum(), (noisy & outlying).sum()) == (20, 10, 0)
    changed = (found.samples.labels != samples.labels).numpy()
    assert np.array_equal(changed, noisy)
    assert set(found.samples.labels.tolist()) == {3, 8}
    other_images = (found.samples.inputs != samples.inputs).flatten(1).any(dim=1).numpy()
    assert np.array_equal(other_images, outlying)
    assert torch.equal(found.samples.inputs[torch.from_numpy(outlying)], torch.from_numpy(IMAGES[[0] * 10]))
    assert torch.equal(samples.labels, digits([3, 8], slice(100)).labels)  # what came in is left as it was


def test_a_single_class_has_no_wrong_label() -> None:
    with pytest.raises(ValueError, match="two classes"):
        corrupted(digits([3], slice(10)), Corruption(0.2, 0.1), IMAGES, np.random.default_rng(0))

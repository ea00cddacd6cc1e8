"""Moments of large feature matrices in float64, block by block: what the covariance detectors share.

A float32 matrix [N, D] is never copied whole, so that N is bounded by the disk where the features are mapped from a
file. Float32 sums would drown the small eigenvalues that these detectors live on.
"""

from __future__ import annotations

from suite.lazy import torch

ROWS = 2048


def class_means(features: torch.Tensor, places: torch.Tensor, classes: int) -> torch.Tensor:
    """Return the means [C, D] of features [N, D] by class; ``places`` [N] are class numbers from 0, none left out."""
    sums = features.new_zeros(classes, features.shape[1]).double()
    for block, classes_of_block in zip(torch.split(features, ROWS), torch.split(places, ROWS), strict=True):
        sums.index_add_(0, classes_of_block, block.double())
    return sums / places.bincount(minlength=classes)[:, None]


def second_moment(features: torch.Tensor, centres: torch.Tensor, places: torch.Tensor | None = None) -> torch.Tensor:
    """Return the mean of ``(z - c)(z - c)'`` [D, D] over features [N, D].

    ``centres`` is one centre [D] for all, or, with the numbers ``places`` [N] of each sample's, several [C, D].
    """
    total = features.new_zeros(features.shape[1], features.shape[1]).double()
    for number, block in enumerate(torch.split(features, ROWS)):
        centre = centres if places is None else centres[places[number * ROWS : number * ROWS + len(block)]]
        centred = block.double().sub_(centre)
        if centred.device.type == "cpu":  # NumPy sees that the product is symmetric, and does half of the work
            total += torch.from_numpy(centred.numpy().T @ centred.numpy())
        else:
            total += centred.T @ centred
    return total / len(features)

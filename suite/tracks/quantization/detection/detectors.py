"""The two detectors that are run on a quantized network: energy, and nearest training features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from suite.data.split import SplitImages
from suite.neighbours import Bank
from suite.tracks.quantization.evaluation import BATCH

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn


def asked(network: nn.Module, images: SplitImages) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (features [N, D], logits [N, C]) of images in the order of their splits, whatever that of the asking.

    Raises:
        TypeError: the network has no linear head any more, before which the features are.
        ValueError: some are not finite.
    """
    from suite.tracks.quantization.answering import outputs

    parts = [
        [tensor.cpu().double().numpy() for tensor in outputs(network, images[slice(start, start + BATCH)])]
        for start in range(0, len(images), BATCH)
    ]
    features, logits = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    if not (np.isfinite(features).all() and np.isfinite(logits).all()):
        raise ValueError("features and logits must be finite")
    back = np.arange(len(images)) if images.order is None else np.argsort(images.order)
    return features[back], logits[back]


def energy(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return minus the energy of logits [N, C] at T = 1 (Liu et al. 2020): ``logsumexp_c f_c`` [N]."""
    from scipy.special import logsumexp

    return np.asarray(logsumexp(logits, axis=1))


def nearness(features: NDArray[np.float64], bank: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Return minus the distance of features [N, D] to the k-th nearest of a bank [M, D] on the unit sphere [N].

    Source: Sun et al. 2022.
    """
    import torch

    rows, queries = (torch.nn.functional.normalize(torch.from_numpy(each), dim=1) for each in (bank, features))
    return np.asarray(-Bank(rows).nearest(queries, k).values[:, -1].numpy())

"""Frames of trajectories as samples: what is left after burn-in, thinning, principal components, and votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    Number = TypeVar("Number", bound=np.floating)


def settled(trajectories: Tensor, burn_in: int) -> NDArray[np.float32]:
    """Return the frames after burn-in [K, M * (L - burn_in), D] of trajectories [K, M, L, D]."""
    return np.asarray(trajectories[:, :, burn_in:].flatten(1, 2).cpu().numpy())


def thinned(frames: NDArray[Number], limit: int) -> NDArray[Number]:
    """Return at most ``limit`` frames in all of [K, N, D]: the same, evenly spaced, of each representative."""
    kept = max(1, min(frames.shape[1], limit // len(frames)))
    return frames[:, np.linspace(0, frames.shape[1] - 1, kept).round().astype(int)]


def principal(frames: NDArray[np.float32], components: int) -> NDArray[np.float64]:
    """Return the leading principal components [K, N, min(components, D)] of frames [K, N, D], not rescaled."""
    flat = frames.reshape(-1, frames.shape[2]).astype(np.float64)
    flat -= flat.mean(axis=0)
    _, vectors = np.linalg.eigh(flat.T @ flat)
    return np.asarray(flat @ vectors[:, ::-1][:, :components]).reshape(*frames.shape[:2], -1)


def vote(labels: NDArray[np.integer]) -> list[int]:
    """Return the most frequent label of each representative's frames [K, N]; the smallest of equally frequent ones.

    Frames with a negative label do not vote. Representatives without any vote share the label -1.
    """
    counts = [np.bincount(each[each >= 0]) for each in labels]
    return [int(each.argmax()) if each.size else -1 for each in counts]

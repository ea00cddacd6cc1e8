"""The judge: what each generated image is, against the collection that the denoiser was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from suite.lazy import torch
from suite.tracks.memorization.collection import Collection

if TYPE_CHECKING:
    from torch import Tensor

RATIO = 1 / 3
"""A sample is a copy if its nearest training image is nearer than this times the second nearest."""


@dataclass(frozen=True)
class Judgement:
    """What was measured of N images.

    Attributes:
        nearest: the nearest training image of each [N]; training images are counted once each.
        first, second: the distances to the nearest and to the second nearest [N].
        cosine: to the duplicate of its caption, both less the mean held-out image of the caption's signs [N]; not a
            number without a duplicate.
        aligned: whether all signs are those of the caption [N]; ``margin``: the mean of score times sign, in standard
            deviations, each clipped to [-1, 1] [N].
        real: the distance to the nearest held-out image [N].
    """

    nearest: Tensor
    first: Tensor
    second: Tensor
    cosine: Tensor
    aligned: Tensor
    margin: Tensor
    real: Tensor


class Judge:
    """Measures images of a collection's captions."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    @cached_property
    def _means(self) -> Tensor:
        """The mean held-out image of each pattern [2^K, D]; of all images where a pattern has none."""
        held = self.collection.held.flatten(1)
        patterns = self.collection.patterns(self.collection.held)
        count = 2 ** len(self.collection.design.components)
        rows = [held[patterns == pattern] if (patterns == pattern).any() else held for pattern in range(count)]
        return torch.stack([each.mean(dim=0) for each in rows])

    def judged(self, images: Tensor, patterns: Tensor, duplicates: Tensor | None = None) -> Judgement:
        """Return what images [N, C, H, W] are, given the patterns of their captions [N].

        ``duplicates`` [N] say which training image is the duplicate of each one's caption.
        """
        collection, flat = self.collection, images.cpu().float().flatten(1)
        train = collection.train.flatten(1)
        distances, places = _distances(flat, train).topk(2, largest=False)
        signed = collection.scores(images.cpu()) * collection.signs(patterns)
        if duplicates is None:
            cosine = torch.full((len(flat),), torch.nan)
        else:
            means = self._means[patterns]
            cosine = torch.cosine_similarity(flat - means, train[duplicates] - means)
        return Judgement(
            nearest=places[:, 0],
            first=distances[:, 0],
            second=distances[:, 1],
            cosine=cosine,
            aligned=(signed > 0).all(dim=1),
            margin=signed.clamp(-1, 1).mean(dim=1),
            real=_distances(flat, collection.held.flatten(1)).min(dim=1).values,
        )


def apart(images: Tensor, groups: Tensor) -> Tensor:
    """Return the mean distance of each image [N, ...] to the others of its group [N]; 0 to nobody."""
    flat, found = images.cpu().float().flatten(1), torch.zeros(len(images))
    for group in groups.unique():
        rows = (groups == group).nonzero()[:, 0]
        if len(rows) > 1:
            found[rows] = _distances(flat[rows], flat[rows]).sum(dim=1) / (len(rows) - 1)
    return found


def _distances(a: Tensor, b: Tensor) -> Tensor:
    """Return the Euclidean distances [N, M]; not by way of products, which loses small ones."""
    return torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")

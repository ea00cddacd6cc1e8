"""A classifier and its training images, as a subject of `suite.landscape`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite.lazy import torch
from suite.models.features import features_and_logits, linear_head

if TYPE_CHECKING:
    from torch import Tensor, nn

    from suite.landscape.subject import Subject


def classifier(
    network: nn.Module, images: Tensor, labels: Tensor, initial: nn.Module | None = None, batch: int = 250
) -> Subject:
    """Return a classifier, judged by its mean cross-entropy on images [N, C, H, W] with labels [N].

    Its features are looked at if it has a linear head that ``get_classifier()`` returns, as timm's networks have, and
    every class has an image.
    """
    from suite.landscape.subject import Subject

    network = network.eval()
    try:
        head: nn.Linear | None = linear_head(network)
    except TypeError:
        head = None
    if head is not None and len(labels.unique()) < head.out_features:
        head = None
    parts = [] if head is None else [features_and_logits(network, part)[0] for part in images.split(batch)]
    return Subject(
        network=network,
        loss=_cross_entropy,
        data=(images, labels),
        initial=initial,
        features=torch.cat(parts) if parts else None,
        labels=labels,
        head=head,
        batch=batch,
    )


def _cross_entropy(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    return torch.nn.functional.cross_entropy(network(images), labels)

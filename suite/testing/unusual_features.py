"""Unusual inputs of detectors, made of real images: so few, so alike or so coarse as users may have them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

from suite.lazy import torch
from suite.models.features import features_and_logits
from suite.tracks.ood import Batch, Labelled, LinearHead, TrainingSet

T = TypeVar("T", bound="TrainingSet | Batch | Labelled | LinearHead")
FEW = 60


@dataclass(frozen=True)
class HeldImages:
    """Images that are in memory, in the place of those that are decoded."""

    images: torch.Tensor

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, rows: slice) -> torch.Tensor:
        return self.images[rows]


def _one_a_class(labels: torch.Tensor) -> torch.Tensor:
    return torch.stack([(labels == label).nonzero()[0, 0] for label in labels.unique()])


CHOICES: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "constant features": lambda labels: torch.zeros(FEW, dtype=torch.int64),
    "a single class": lambda labels: (labels == labels[0]).nonzero()[:FEW, 0],
    "duplicated rows": lambda labels: torch.arange(10).repeat(FEW // 10),
    "one image a class": _one_a_class,
}
"""From the labels of the training images to the rows that are left of them."""


def unusual_training(train: TrainingSet, choice: str) -> TrainingSet:
    """Return a training set of a choice of the images; where all images are one, labels are as they were."""
    assert train.images is not None
    assert train.network is not None
    rows = CHOICES[choice](train.labels)
    different, places = rows.unique(return_inverse=True)  # a network may answer one image twice with other last digits
    images = train.images[:][different]
    features, logits = (part[places] for part in features_and_logits(train.network, images))
    labels = train.labels[:FEW] if choice == "constant features" else train.labels[rows]
    labelled = Labelled(features, logits, labels)
    return replace(train, **vars(labelled), validation=labelled, images=HeldImages(images[places]))


def rounded(part: T) -> T:
    """Return the same with features and logits as half precision has them, in float32."""
    return _changed(part, lambda name, tensor: tensor.half().float() if name in ("features", "logits") else tensor)


def moved(part: T, device: str) -> T:
    """Return the same on a device."""
    return _changed(part, lambda name, tensor: tensor.to(device))


def _changed(part: T, change: Callable[[str, torch.Tensor], torch.Tensor]) -> T:
    values: dict[str, Any] = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if isinstance(value, torch.Tensor):
            values[field.name] = change(field.name, value)
        elif isinstance(value, torch.nn.Module):
            values[field.name] = value.to(change("", torch.zeros(1)).device)
        elif is_dataclass(value) and isinstance(value, TrainingSet | Labelled | LinearHead):
            values[field.name] = _changed(value, change)
        elif field.name == "images" and value is not None:
            values[field.name] = HeldImages(change("images", value[:]))
    return replace(part, **values)

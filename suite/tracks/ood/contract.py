"""What an OOD detector gets and what it must return."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

from typing_extensions import deprecated

from suite.contracts import Context, Method
from suite.lazy import torch


class Images(Protocol):
    """Images that are decoded when asked for."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, rows: slice) -> torch.Tensor:
        """Return images [B, channels, height, width], transformed for the network, on the detector's device."""


@dataclass(frozen=True)
class LinearHead:
    """The classifier's last layer: ``logits = features @ weight.T + bias``, with weight [C, D] and bias [C]."""

    weight: torch.Tensor
    bias: torch.Tensor

    def __call__(self, features: torch.Tensor) -> torch.Tensor:
        """Return the logits [B, C] of features [B, D]."""
        return features @ self.weight.T + self.bias


@dataclass(frozen=True)
class Labelled:
    """In-distribution samples as the reference model sees them: features [N, D], logits [N, C], labels [N], int64."""

    features: torch.Tensor
    logits: torch.Tensor
    labels: torch.Tensor


@dataclass(frozen=True)
class TrainingSet(Labelled):
    """The in-distribution training data as the reference model sees it, on the detector's device.

    Attributes:
        features: penultimate features [N, D], float32.
        logits: [N, C], float32.
        labels: [N], int64.
        head: the linear head that maps features to logits.
        validation: in-distribution samples that neither the reference model nor a test has seen, for calibration.
        images: the training images, if the detector declares ``needs = {"images"}``.
        network: the reference model in evaluation mode, if it declares ``{"network"}``; a copy, to do with as it
            likes. As timm's, it has ``forward_features``, ``forward_head``, ``get_classifier`` and ``feature_info``.
    """

    head: LinearHead
    validation: Labelled
    images: Images | None = None
    network: torch.nn.Module | None = None


@dataclass(frozen=True)
class Batch:
    """Test samples in random order, ID and OOD mixed at random, so that a batch's composition tells nothing.

    Attributes:
        features: [B, D], float32.
        logits: [B, C], float32.
        images: [B, channels, height, width], if the detector declares that it needs images.
    """

    features: torch.Tensor
    logits: torch.Tensor
    images: torch.Tensor | None = None


class _League:
    """The name that access and standing had together before, for code that still asks for it."""

    @deprecated("league is now two: needs, and standing")
    def __get__(self, instance: object, owner: type[Method]) -> str:
        return "peer" if owner.standing == "reference" else "post-hoc"


class Detector(Method, ABC):
    """A post-hoc OOD detector. Derive from this, declare name, version and card, and write `score`.

    ``needs`` declares what it wants besides features, logits, labels and the linear head: ``images``, ``network``.
    """

    track = "ood"
    league = _League()

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Learn from the in-distribution training data; called once, before `score`."""

    @abstractmethod
    def score(self, batch: Batch) -> torch.Tensor:
        """Return one finite score per sample [B], higher = more in-distribution.

        A sample's score must not depend on which others share its batch.
        """


class BoundedDetector(Detector):
    """A detector that claims where the distribution ends: write also `boundary`."""

    @abstractmethod
    def boundary(self) -> float:
        """Return the least score that is accepted as in-distribution; known once the detector is fitted."""

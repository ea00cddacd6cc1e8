"""Adapters to the detectors of pytorch-ood, one class for each way in which they take a training set."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from suite import Context
from suite.models.features import by_channel, stage_outputs, stages
from suite.tracks.ood import Batch, Detector, Images, TrainingSet

if TYPE_CHECKING:
    from torch import Tensor, nn

IMAGES = 50  # at a time: some of the detectors take a gradient per image


class Adapter(Detector):
    """A detector of pytorch-ood: its outlier score, negated. Derived classes name its class in ``peer``."""

    league: ClassVar[str] = "peer"
    peer: ClassVar[str]

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Make the detector, move it to the device and fit it; what it draws from torch's generator is seeded."""
        import torch

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(context.seed)
            self._detector = self._make(train).to(train.features.device)
            self._fit(train)

    def score(self, batch: Batch) -> Tensor:
        """Return minus the detector's outlier scores [B]."""
        return -self._predict(batch).detach()

    @property
    def _class(self) -> Any:
        return getattr(import_module("pytorch_ood.detector"), self.peer)

    @property
    def _options(self) -> dict[str, Any]:
        """The parameters as the detector takes them: lists, not tuples."""
        chosen = self.parameters.model_dump()
        return {name: list(value) if isinstance(value, tuple) else value for name, value in chosen.items()}

    def _make(self, train: TrainingSet) -> Any:
        return self._class(None, **self._options)

    @abstractmethod
    def _fit(self, train: TrainingSet) -> None:
        """Fit the detector."""

    @abstractmethod
    def _predict(self, batch: Batch) -> Tensor:
        """Return outlier scores [B]."""


class OnLogits(Adapter):
    """Takes logits."""

    def _fit(self, train: TrainingSet) -> None:
        self._detector.fit_logits(train.logits, train.labels)

    def _predict(self, batch: Batch) -> Tensor:
        scores: Tensor = self._detector.predict_logits(batch.logits)
        return scores


class OnHeldOutLogits(OnLogits):
    """Takes logits, and is fitted on those of the held-out samples."""

    def _fit(self, train: TrainingSet) -> None:
        self._detector.fit_logits(train.validation.logits, train.validation.labels)


class OnFeatures(Adapter):
    """Takes penultimate features."""

    def _fit(self, train: TrainingSet) -> None:
        self._detector.fit_features(train.features, train.labels)

    def _predict(self, batch: Batch) -> Tensor:
        scores: Tensor = self._detector.predict_features(batch.features)
        return scores


class OnFeaturesAndHead(OnFeatures):
    """Takes penultimate features, and the linear head as a module."""

    def _make(self, train: TrainingSet) -> Any:
        return self._class(None, linear(train), **self._options)


class OnFeaturesAndWeights(OnFeatures):
    """Takes penultimate features, and the linear head as weight and bias."""

    def _make(self, train: TrainingSet) -> Any:
        return self._class(None, w=train.head.weight, b=train.head.bias, **self._options)


class ViMOnFeatures(OnFeaturesAndWeights):
    """ViM, which has no default of its own for the dimension: half of the features' where none is given."""

    @property
    def _options(self) -> dict[str, Any]:
        return {"d": self._width // 2, **{name: each for name, each in super()._options.items() if each is not None}}

    def _make(self, train: TrainingSet) -> Any:
        self._width = train.features.shape[1]
        return super()._make(train)


class OnPooledMaps(Adapter):
    """Takes feature maps: the pooled features as maps of one position, as our detectors of these names see them."""

    def _make(self, train: TrainingSet) -> Any:
        from torch import nn

        return self._class(None, nn.Sequential(nn.Flatten(), linear(train)), **self._options)

    def _fit(self, train: TrainingSet) -> None:
        self._detector.fit_feature_maps(train.features[:, :, None, None], train.labels)

    def _predict(self, batch: Batch) -> Tensor:
        scores: Tensor = self._detector.predict_feature_maps(batch.features[:, :, None, None])
        return scores


class OnImages(Adapter):
    """Takes images and runs the network."""

    needs = frozenset({"images", "network"})
    _network: nn.Module

    def _make(self, train: TrainingSet) -> Any:
        assert train.network is not None
        self._network = train.network
        return self._class(self._network, **self._options)

    def _fit(self, train: TrainingSet) -> None:
        assert train.images is not None
        self._detector.fit(Loader(train.images, train.labels))

    def _predict(self, batch: Batch) -> Tensor:
        import torch

        assert batch.images is not None
        return torch.cat([self._predict_images(images) for images in batch.images.split(IMAGES)])

    def _predict_images(self, images: Tensor) -> Tensor:
        scores: Tensor = self._detector.predict(images)
        return scores.detach()


class OnStages(OnImages):
    """Takes images and the network with the modules that end its stages."""

    def _make(self, train: TrainingSet) -> Any:
        assert train.network is not None
        self._network = train.network
        return self._class(self._network, stages(self._network), **self._options)


class MahalanobisODINOnImages(OnImages):
    """The Mahalanobis distance of moved images: fitted on features, it differentiates those of images."""

    def _make(self, train: TrainingSet) -> Any:
        assert train.network is not None
        network = train.network

        def encoder(images: Tensor) -> Tensor:
            features: Tensor = network.forward_head(network.forward_features(images), pre_logits=True)
            return features

        return self._class(encoder, **self._options)

    def _fit(self, train: TrainingSet) -> None:
        self._detector.fit_features(train.features, train.labels)


class RankFeatOnMaps(OnImages):
    """RankFeat on the last feature maps; tokens are maps of one column."""

    def _make(self, train: TrainingSet) -> Any:
        assert train.network is not None
        network = train.network
        columns: list[bool] = []

        def backbone(images: Tensor) -> Tensor:
            maps: Tensor = network.forward_features(images)
            columns[:] = [maps.ndim == 3]
            return maps.unsqueeze(3) if columns[0] else maps

        def head(maps: Tensor) -> Tensor:
            logits: Tensor = network.forward_head(maps.squeeze(3) if columns[0] else maps)
            return logits

        return self._class(backbone, head, **self._options)


class GramOnStages(OnImages):
    """Gram matrices of the stages. The detector wants layers to call in turn: the first runs the whole network."""

    def _make(self, train: TrainingSet) -> Any:
        assert train.network is not None
        network = train.network
        seen: dict[str, Any] = {}

        def first(images: Tensor) -> Tensor:
            outputs, seen["logits"] = stage_outputs(network, images)
            seen["maps"] = [by_channel(each, network) for each in outputs]
            maps: Tensor = seen["maps"][0]
            return maps

        later = [lambda _, stage=stage: seen["maps"][stage] for stage in range(1, len(stages(network)))]
        classes = train.logits.shape[1]
        return self._class(lambda _: seen["logits"], [first, *later], classes, **self._options)


class MultiMahalanobisOnStages(OnImages):
    """The sum of the stages' Mahalanobis distances, on the means of their channels."""

    def _make(self, train: TrainingSet) -> Any:
        assert train.network is not None
        self._network = train.network
        return self._class(stages(self._network), **self._options)

    def _fit(self, train: TrainingSet) -> None:
        import torch

        assert train.images is not None
        parts = [self._pooled(images) for images, _ in Loader(train.images, train.labels)]
        self._detector.fit_structured([torch.cat(stage) for stage in zip(*parts, strict=True)], train.labels)

    def _predict_images(self, images: Tensor) -> Tensor:
        scores: Tensor = self._detector.predict_structured(self._pooled(images))
        return scores

    def _pooled(self, images: Tensor) -> list[Tensor]:
        import torch

        with torch.no_grad():
            outputs, _ = stage_outputs(self._network, images)
            return [by_channel(each, self._network).mean(dim=2) for each in outputs]


@dataclass(frozen=True)
class Loader:
    """Pairs of images and labels in batches, as often as they are asked for."""

    images: Images
    labels: Tensor

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for start in range(0, len(self.images), IMAGES):
            rows = slice(start, start + IMAGES)
            yield self.images[rows], self.labels[rows]

    def __len__(self) -> int:
        return -(-len(self.images) // IMAGES)


def linear(train: TrainingSet) -> nn.Linear:
    """Return the head as a module."""
    from torch import nn

    classes, width = train.head.weight.shape
    module = nn.Linear(width, classes, device=train.head.weight.device)
    module.load_state_dict({"weight": train.head.weight, "bias": train.head.bias})
    return module

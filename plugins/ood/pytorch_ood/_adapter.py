"""Adapters to the detectors of pytorch-ood, one class for each way in which they take a training set."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Any, ClassVar

from suite import Card, Context
from suite.lazy import torch
from suite.models.features import by_channel, linear_head, stage_outputs, stages
from suite.tracks.ood import Batch, Detector, Images, TrainingSet

OWN_VERSION = "1"  # of the adapters
LIBRARY = "pytorch-ood"
RELEASE = version(LIBRARY)
IMAGES = 50  # at a time: some of the detectors take a gradient per image


class Adapter(Detector):
    """A detector of pytorch-ood: its outlier score, negated."""

    standing = "reference"
    peer: ClassVar[str]

    def __init_subclass__(
        cls, name: str = "", like: type[Detector] | None = None, paper: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        """Declare the method ``pytorch-ood/<name>`` for the detector that has the class's name.

        Its card is that of ``like``, our method of the same paper, or names the ``paper``.
        """
        super().__init_subclass__(**kwargs)
        if name:
            cls.__doc__ = f"``pytorch_ood.detector.{cls.__name__}``. {cls.__base__.__doc__}"
            cls.name, cls.peer, cls.version = f"{LIBRARY}/{name}", cls.__name__, f"{OWN_VERSION}+{LIBRARY}-{RELEASE}"
            about = like.card.model_dump() if like else paper or {}
            status = "paper" if about else "baseline"
            note = f"Implementation: {LIBRARY} {RELEASE}, unchanged."
            cls.card = Card(**{**about, "status": status, "title": f"{cls.peer} of {LIBRARY}", "note": note})

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Make the detector, move it to the device and fit it; what it draws from torch's generator is seeded."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(context.seed)
            self._detector = self._make(train).to(train.features.device)
            self._fit(train)

    def score(self, batch: Batch) -> torch.Tensor:
        """Return minus the detector's outlier scores [B]."""
        scores: torch.Tensor = self._predict(batch)
        return -scores.detach()

    @property
    def _class(self) -> Any:
        return getattr(import_module("pytorch_ood.detector"), self.peer)

    @property
    def _options(self) -> dict[str, Any]:
        """The parameters as the detector takes them: lists, not tuples."""
        parameters = self.parameters.model_dump()
        return {name: list(value) if isinstance(value, tuple) else value for name, value in parameters.items()}

    def _make(self, train: TrainingSet) -> Any:
        return self._class(None, **self._options)

    @abstractmethod
    def _fit(self, train: TrainingSet) -> None: ...

    @abstractmethod
    def _predict(self, batch: Batch) -> Any:
        """Return outlier scores [B]."""


class OnLogits(Adapter):
    """Takes logits."""

    def _fit(self, train: TrainingSet) -> None:
        self._detector.fit_logits(train.logits, train.labels)

    def _predict(self, batch: Batch) -> Any:
        return self._detector.predict_logits(batch.logits)


class OnHeldOutLogits(OnLogits):
    """Takes logits, and is fitted on those of the held-out samples."""

    def _fit(self, train: TrainingSet) -> None:
        self._detector.fit_logits(train.validation.logits, train.validation.labels)


class OnFeatures(Adapter):
    """Takes penultimate features."""

    def _fit(self, train: TrainingSet) -> None:
        self._detector.fit_features(train.features, train.labels)

    def _predict(self, batch: Batch) -> Any:
        return self._detector.predict_features(batch.features)


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
        return {"d": self._width // 2, **{name: value for name, value in super()._options.items() if value is not None}}

    def _make(self, train: TrainingSet) -> Any:
        self._width = train.features.shape[1]
        return super()._make(train)


class OnPooledMaps(Adapter):
    """Takes feature maps: the pooled features as maps of one position, as our detectors of these names see them."""

    def _make(self, train: TrainingSet) -> Any:
        return self._class(None, torch.nn.Sequential(torch.nn.Flatten(), linear(train)), **self._options)

    def _fit(self, train: TrainingSet) -> None:
        self._detector.fit_feature_maps(train.features[:, :, None, None], train.labels)

    def _predict(self, batch: Batch) -> Any:
        return self._detector.predict_feature_maps(batch.features[:, :, None, None])


class OnImages(Adapter):
    """Takes images and runs the network."""

    needs = frozenset({"images", "network"})

    def _make(self, train: TrainingSet) -> Any:
        assert train.network is not None
        self._network = train.network
        return self._made(train.network)

    def _made(self, network: torch.nn.Module) -> Any:
        return self._class(network, **self._options)

    def _fit(self, train: TrainingSet) -> None:
        assert train.images is not None
        self._detector.fit(Loader(train.images, train.labels))

    def _predict(self, batch: Batch) -> Any:
        assert batch.images is not None
        return torch.cat([self._predict_images(images) for images in torch.split(batch.images, IMAGES)])

    def _predict_images(self, images: torch.Tensor) -> Any:
        return self._detector.predict(images).detach()


class OnStages(OnImages):
    """Takes images and the network with the modules that end its stages."""

    def _made(self, network: torch.nn.Module) -> Any:
        return self._class(network, stages(network), **self._options)


class MahalanobisODINOnImages(OnImages):
    """The Mahalanobis distance of moved images: fitted on features, it differentiates those of images."""

    def _made(self, network: Any) -> Any:
        def encoder(images: torch.Tensor) -> Any:
            return network.forward_head(network.forward_features(images), pre_logits=True)

        return self._class(encoder, **self._options)

    def _fit(self, train: TrainingSet) -> None:
        self._detector.fit_features(train.features, train.labels)


class RankFeatOnMaps(OnImages):
    """RankFeat on the last feature maps; tokens are maps of one column."""

    def _made(self, network: Any) -> Any:
        columns: list[bool] = []

        def backbone(images: torch.Tensor) -> torch.Tensor:
            maps: torch.Tensor = network.forward_features(images)
            columns[:] = [maps.ndim == 3]
            return maps.unsqueeze(3) if columns[0] else maps

        def head(maps: torch.Tensor) -> Any:
            return network.forward_head(maps.squeeze(3) if columns[0] else maps)

        return self._class(backbone, head, **self._options)


class GramOnStages(OnImages):
    """Gram matrices of the stages. The detector wants layers to call in turn: the first runs the whole network."""

    def _made(self, network: torch.nn.Module) -> Any:
        seen: dict[str, Any] = {}

        def first(images: torch.Tensor) -> Any:
            outputs, seen["logits"] = stage_outputs(network, images)
            seen["maps"] = [by_channel(output, network) for output in outputs]
            return seen["maps"][0]

        later = [lambda _, stage=stage: seen["maps"][stage] for stage in range(1, len(stages(network)))]
        classes = linear_head(network).out_features
        return self._class(lambda _: seen["logits"], [first, *later], classes, **self._options)


class MultiMahalanobisOnStages(OnImages):
    """The sum of the stages' Mahalanobis distances, on the means of their channels."""

    def _made(self, network: torch.nn.Module) -> Any:
        return self._class(stages(network), **self._options)

    def _fit(self, train: TrainingSet) -> None:
        assert train.images is not None
        parts = [self._pooled(images) for images, _ in Loader(train.images, train.labels)]
        self._detector.fit_structured([torch.cat(stage) for stage in zip(*parts, strict=True)], train.labels)

    def _predict_images(self, images: torch.Tensor) -> Any:
        return self._detector.predict_structured(self._pooled(images))

    def _pooled(self, images: torch.Tensor) -> list[torch.Tensor]:
        with torch.no_grad():
            outputs, _ = stage_outputs(self._network, images)
            return [by_channel(output, self._network).mean(dim=2) for output in outputs]


@dataclass(frozen=True)
class Loader:
    """Pairs of images and labels in batches, as often as they are asked for."""

    images: Images
    labels: torch.Tensor

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        for start in range(0, len(self.images), IMAGES):
            rows = slice(start, start + IMAGES)
            yield self.images[rows], self.labels[rows]

    def __len__(self) -> int:
        return -(-len(self.images) // IMAGES)


def linear(train: TrainingSet) -> torch.nn.Linear:
    """Return the head as a module."""
    classes, width = train.head.weight.shape
    module = torch.nn.Linear(width, classes, device=train.head.weight.device)
    module.load_state_dict({"weight": train.head.weight, "bias": train.head.bias})
    return module

"""The detectors of oodkit, as methods ``oodkit/<name>``, by the plugin ``ood-oodkit``.

They are listed where the library is installed (``pip install 'basin-suite[oodkit]'``), take no place in the ranking,
and import nothing of it before one of them is fitted. They get features and logits in float64: the probability that its
ViM returns ties at 1 and 0 the sooner in float32. Parameters and defaults are oodkit's.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Literal

from pydantic import Field

from suite import Card, Context
from suite.contracts import Method
from suite.hookspecs import hookimpl
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

from . import energy, knn, mahalanobis, msp, vim

LIBRARY = "oodkit"
INSTALLED = find_spec(LIBRARY) is not None
RELEASE = version(LIBRARY) if INSTALLED else ""
KERNEL = "kernel PCA on cosines (CoP, CoRP): Fang et al. 2024"
FANG = {
    "paper": "Kernel PCA for Out-of-Distribution Detection",
    "authors": "Kun Fang, Qinghua Tao, Kexin Lv, Mingzhen He, Xiaolin Huang, Jie Yang",
    "year": 2024,
    "url": "https://arxiv.org/abs/2402.02949",
}
GUAN = {
    "paper": "Revisit PCA-based Technique for Out-of-Distribution Detection",
    "authors": "Xiaoyuan Guan, Zhouwu Liu, Wei-Shi Zheng, Yuren Zhou, Ruixuan Wang",
    "year": 2023,
}
CHEN = {
    "paper": "WDiscOOD: Out-of-Distribution Detection via Whitened Linear Discriminant Analysis",
    "authors": "Yiye Chen, Yunzhi Lin, Ruinian Xu, Patricio A. Vela",
    "year": 2023,
    "url": "https://arxiv.org/abs/2303.07543",
}


class Adapter(Detector):
    """A detector of oodkit: its outlier score, negated."""

    standing = "reference"

    def __init_subclass__(cls, name: str, like: Card | None = None, paper: dict[str, Any] | None = None) -> None:
        """Declare the method ``oodkit/<name>`` for the detector that has the class's name."""
        super().__init_subclass__()
        cls.__doc__ = f"``oodkit.detectors.{cls.__name__}``. {Adapter.__doc__}"
        cls.name, cls.version = f"{LIBRARY}/{name}", f"1+{LIBRARY}-{RELEASE}"
        about = like.model_dump() if like else paper or {}
        note = f"Implementation: {LIBRARY} {RELEASE}, unchanged."
        cls.card = Card(**{**about, "status": "paper", "title": f"{cls.__name__} of {LIBRARY}", "note": note})

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Make the detector and fit it on the training features and logits; what takes labels gets them."""
        make = getattr(import_module("oodkit.detectors"), type(self).__name__)
        self._detector = make(**self._options(train, context))
        labelled = {"y": train.labels.cpu().numpy()} if type(self).__name__ in LABELLED else {}
        self._detector.fit(_given(train), **labelled)

    def score(self, batch: Batch) -> torch.Tensor:
        """Return minus the detector's outlier scores [B]."""
        return -torch.from_numpy(self._detector.score(_given(batch))).to(batch.features.device)

    def _options(self, train: TrainingSet, context: Context) -> dict[str, Any]:
        options: dict[str, Any] = self.parameters.model_dump()
        return options


LABELLED = ("Mahalanobis", "WDiscOOD")


class Subspace(Detector.Parameters):
    """Of principal components."""

    n_components: int | None = Field(None, ge=1, description="of the features that are no sign of OOD")
    pct_variance: float = Field(0.95, gt=0, le=1, description="share that they explain, where their number is not said")


class Kernel(Subspace):
    """Of principal components, of a kernel."""

    kernel: Literal["linear", "cosine", "rff_cosine"] = Field("linear", description=KERNEL)
    rff_dim: int = Field(256, ge=2, description="random features of rff_cosine")
    rff_gamma: float = Field(1.0, gt=0, description="of their Gaussian kernel")


class Seeded:
    """Takes a seed for random features."""

    parameters: Detector.Parameters

    def _options(self, train: TrainingSet, context: Context) -> dict[str, Any]:
        return {**self.parameters.model_dump(), "random_state": context.seed}


class MSP(Adapter, name="msp", like=msp.MSP.card): ...


class Energy(Adapter, name="energy", like=energy.Energy.card):
    class Parameters(Detector.Parameters):
        temperature: float = Field(1.0, gt=0, description="of the logits")


class KNN(Adapter, name="knn", like=knn.KNN.card):
    class Parameters(Detector.Parameters):
        k: int = Field(10, ge=1, description="which neighbour's distance is the score; features as they are")


class Mahalanobis(Adapter, name="mahalanobis", like=mahalanobis.Mahalanobis.card):
    class Parameters(Detector.Parameters):
        eps: float = Field(1e-6, gt=0, description="added to the variances")


class ViM(Adapter, name="vim", like=vim.ViM.card):
    class Parameters(Subspace): ...

    def _options(self, train: TrainingSet, context: Context) -> dict[str, Any]:
        head = {"W": train.head.weight, "b": train.head.bias}
        return {**super()._options(train, context), **{name: _array(value) for name, value in head.items()}}


class PCA(Seeded, Adapter, name="pca", paper=FANG):
    class Parameters(Kernel): ...


class PCAFusion(Seeded, Adapter, name="pca-fusion", paper=GUAN):
    class Parameters(Kernel):
        temperature: float = Field(1.0, gt=0, description="of the logits")


class WDiscOOD(Adapter, name="wdiscood", paper=CHEN):
    class Parameters(Detector.Parameters):
        n_discriminants: int | None = Field(None, ge=1, description="dimensions that tell classes apart; None: C - 1")
        ridge: float = Field(1e-3, gt=0, description="added to the scatter within classes")
        alpha: float = Field(1.0, ge=0, description="weight of the distance in the other dimensions")


DETECTORS = (MSP, Energy, KNN, Mahalanobis, ViM, PCA, PCAFusion, WDiscOOD)


@hookimpl
def suite_register_methods(register: Callable[[type[Method]], None]) -> None:
    """Register the detectors where the library is installed."""
    for detector in DETECTORS if INSTALLED else ():
        register(detector)


def _given(samples: TrainingSet | Batch) -> Any:
    from oodkit.data import Features

    return Features(logits=_array(samples.logits), embeddings=_array(samples.features))


def _array(values: torch.Tensor) -> Any:
    return values.detach().double().cpu().numpy()

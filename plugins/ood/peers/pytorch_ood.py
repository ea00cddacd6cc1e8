"""The detectors of pytorch-ood that are post-hoc and take images, as methods ``pytorch-ood/<name>``.

Left out of pytorch-ood 0.4.0: MCM, which compares with embeddings of text; MCD, which needs a network trained with
dropout; and WeightedEBO, whose weights are learned in training. Parameters and defaults are pytorch-ood's; where it has
no default (DICE's p, ViM's d), OpenOOD's value for the one and half the features for the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any, Literal

from pydantic import Field, create_model

from suite import Card, Parameters
from suite.tracks.ood import Detector

from . import adapter

OWN_VERSION = "1"  # of the adapters
NAME = "pytorch-ood"


@dataclass(frozen=True)
class Peer:
    """One detector: its method's name, its class, the adapter, and where its card comes from.

    ``like`` names one of our methods of the same paper, as ``module:Class``; ``paper`` is for those that we lack.
    ``options`` maps a parameter to its type, default and description.
    """

    name: str
    peer: str
    adapter: type[adapter.Adapter]
    like: str = ""
    paper: dict[str, Any] = field(default_factory=dict)
    options: dict[str, tuple[Any, Any, str]] = field(default_factory=dict)

    def method(self, release: str) -> type[Detector]:
        """Return the method's class for a release of pytorch-ood."""
        fields = {
            name: (kind, Field(default, description=text)) for name, (kind, default, text) in self.options.items()
        }
        declared: dict[str, Any] = {
            "__doc__": f"``pytorch_ood.detector.{self.peer}``. {self.adapter.__doc__}",
            "__module__": __name__,
            "name": f"{NAME}/{self.name}",
            "version": f"{OWN_VERSION}+{NAME}-{release}",
            "card": self._card(release),
            "peer": self.peer,
        }
        if fields:
            declared["Parameters"] = create_model("Parameters", __base__=Parameters, __module__=__name__, **fields)
        return type(f"PyTorchOOD{self.peer}", (self.adapter,), declared)

    def _card(self, release: str) -> Card:
        about = {"title": f"{self.peer} of {NAME}", "note": f"Implementation: {NAME} {release}, unchanged."}
        if self.paper:
            return Card(status="paper", **self.paper, **about)
        if not self.like:
            return Card(status="baseline", **about)
        module, _, attribute = self.like.partition(":")
        ours: Card = getattr(import_module(f"..{module}", __package__), attribute).card
        return ours.model_copy(update={"status": "paper", **about})


PERCENTILE = (float, 0.65, "share of activations that are pruned")
UNIFIED = {
    "paper": "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks",
    "authors": "Kimin Lee, Kibok Lee, Honglak Lee, Jinwoo Shin",
    "year": 2018,
    "url": "https://arxiv.org/abs/1807.03888",
}
PEERS = (
    Peer("max-softmax", "MaxSoftmax", adapter.OnLogits, "msp:MSP", options={"t": (float, 1.0, "temperature")}),
    Peer("max-logit", "MaxLogit", adapter.OnLogits, "max_logit:MaxLogit"),
    Peer("energy-based", "EnergyBased", adapter.OnLogits, "energy:Energy", options={"t": (float, 1.0, "temperature")}),
    Peer("entropy", "Entropy", adapter.OnLogits, "entropy:Entropy"),
    Peer(
        "gen",
        "GEN",
        adapter.OnLogits,
        "gen:GEN",
        options={
            "gamma": (float, 0.1, "exponent"),
            "M": (int | None, None, "how many of the largest probabilities count; all if None"),
        },
    ),
    Peer("kl-matching", "KLMatching", adapter.OnLogits, "kl_matching:KLMatching"),
    Peer(
        "openmax",
        "OpenMax",
        adapter.OnLogits,
        "openmax:OpenMax",
        options={
            "tailsize": (int, 25, "how many of the largest distances of a class are fitted"),
            "alpha": (int, 10, "how many of the largest logits are revised"),
            "euclid_weight": (float, 1.0, "share of the Euclidean distance, the rest being the cosine's"),
        },
    ),
    Peer(
        "temperature-scaling",
        "TemperatureScaling",
        adapter.OnHeldOutLogits,
        "temperature_scaling:TemperatureScaling",
    ),
    Peer(
        "knn",
        "KNN",
        adapter.OnFeatures,
        "knn:KNN",
        options={"k": (int, 50, "which neighbour"), "normalize": (bool, True, "whether features get unit length")},
    ),
    Peer("mahalanobis", "Mahalanobis", adapter.OnFeatures, "mahalanobis:Mahalanobis"),
    Peer("rmd", "RMD", adapter.OnFeatures, "relative_mahalanobis:RelativeMahalanobis"),
    Peer("gmm", "GMM", adapter.OnFeatures, options={"reg": (float, 1e-6, "added to the covariances' diagonals")}),
    Peer("she", "SHE", adapter.OnFeaturesAndHead, "she:SHE"),
    Peer("fdbd", "fDBD", adapter.OnFeaturesAndHead, "fdbd:FDBD"),
    Peer("nci", "NCI", adapter.OnFeaturesAndHead, "nci:NCI", options={"alpha": (float, 0.0, "weight of the norm")}),
    Peer(
        "nnguide",
        "NNGuide",
        adapter.OnFeaturesAndHead,
        "nnguide:NNGuide",
        options={"k": (int, 10, "how many neighbours guide")},
    ),
    Peer(
        "lts",
        "LTS",
        adapter.OnFeaturesAndHead,
        paper={
            "paper": "Logit Scaling for Out-of-Distribution Detection",
            "authors": "Andrija Djurisic, Rosanne Liu, Mladen Nikolic",
            "year": 2025,
            "url": "https://arxiv.org/abs/2409.01175",
        },
        options={"p": (float, 0.05, "share of the largest activations")},
    ),
    Peer(
        "pnml",
        "PNML",
        adapter.OnFeaturesAndHead,
        paper={
            "paper": "Single Layer Predictive Normalized Maximum Likelihood for Out-of-Distribution Detection",
            "authors": "Koby Bibas, Meir Feder, Tal Hassner",
            "year": 2021,
            "url": "https://arxiv.org/abs/2110.09246",
        },
        options={"eps": (float, 1e-12, "floor of the probabilities")},
    ),
    Peer(
        "dice",
        "DICE",
        adapter.OnFeaturesAndWeights,
        "dice:DICE",
        options={"p": (float, 0.9, "share of the head's weights that are zeroed")},
    ),
    Peer(
        "vim",
        "ViM",
        adapter.ViMOnFeatures,
        "vim:ViM",
        options={"d": (int | None, None, "dimension of the main subspace; half the features' if None")},
    ),
    Peer(
        "ash",
        "ASH",
        adapter.OnPooledMaps,
        "ash:ASH",
        options={
            "variant": (Literal["ash-s", "ash-b", "ash-p"], "ash-s", "scale, binarise or only prune"),
            "percentile": PERCENTILE,
        },
    ),
    Peer("scale", "SCALE", adapter.OnPooledMaps, "scale:SCALE", options={"percentile": PERCENTILE}),
    Peer(
        "react",
        "ReAct",
        adapter.OnPooledMaps,
        "react:ReAct",
        options={
            "threshold": (float | None, None, "where to clip, instead of at the percentile"),
            "percentile": (float, 0.9, "share of training activations that are below the threshold"),
        },
    ),
    Peer(
        "vra",
        "VRA",
        adapter.OnPooledMaps,
        "vra:VRA",
        options={
            "lower_percentile": (float, 0.01, "share of training activations below the lower threshold"),
            "upper_percentile": (float, 0.99, "share of training activations below the upper threshold"),
        },
    ),
    Peer(
        "odin",
        "ODIN",
        adapter.OnImages,
        "odin:ODIN",
        options={
            "eps": (float, 0.0014, "step, in normalised units"),
            "temperature": (float, 1000.0, "temperature of the softmax"),
        },
    ),
    Peer(
        "gradnorm",
        "GradNorm",
        adapter.OnImages,
        "gradnorm:GradNorm",
        options={"temperature": (float, 1.0, "temperature of the softmax")},
    ),
    Peer(
        "grad-uncertainty",
        "GradUncertainty",
        adapter.OnImages,
        paper={
            "paper": "Gradients as a Measure of Uncertainty in Neural Networks",
            "authors": "Jinsol Lee, Ghassan AlRegib",
            "year": 2020,
            "url": "https://arxiv.org/abs/2008.08030",
        },
    ),
    Peer(
        "mahalanobis-odin",
        "MahalanobisODIN",
        adapter.MahalanobisODINOnImages,
        paper=UNIFIED,
        options={"eps": (float, 0.002, "step, in normalised units")},
    ),
    Peer("rankfeat", "RankFeat", adapter.RankFeatOnMaps, "rankfeat:RankFeat"),
    Peer(
        "gram",
        "Gram",
        adapter.GramOnStages,
        "gram:Gram",
        options={"num_poles_list": (tuple[int, ...] | None, None, "powers; 1 to the number of stages if None")},
    ),
    Peer(
        "multi-mahalanobis",
        "MultiMahalanobis",
        adapter.MultiMahalanobisOnStages,
        paper=UNIFIED,
        options={"alpha": (tuple[float, ...] | None, None, "weights of the stages; all one if None")},
    ),
    Peer(
        "nacue",
        "NACUE",
        adapter.OnStages,
        "nac:NAC",
        options={
            "m_bins": (int, 50, "bins of a histogram"),
            "alpha": (float, 100.0, "steepness of the sigmoid"),
            "o_star": (int, 50, "hits of a bin that are full coverage"),
        },
    ),
)


@cache
def adapters() -> tuple[type[Detector], ...]:
    """Return the methods."""
    release = version(NAME)
    return tuple(peer.method(release) for peer in PEERS)

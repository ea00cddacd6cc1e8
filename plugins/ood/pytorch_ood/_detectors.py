"""One class for each detector, of the same name: by what it is given, and with its parameters and their defaults."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from suite.tracks.ood import Detector

from .. import (
    ash,
    dice,
    energy,
    entropy,
    fdbd,
    gen,
    gradnorm,
    gram,
    kl_matching,
    knn,
    mahalanobis,
    max_logit,
    msp,
    nac,
    nci,
    nnguide,
    odin,
    openmax,
    rankfeat,
    react,
    relative_mahalanobis,
    scale,
    she,
    temperature_scaling,
    vim,
    vra,
)
from . import _adapter as adapter

PERCENTILE = Field(0.65, description="share of activations that are pruned")
UNIFIED = {
    "paper": "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks",
    "authors": "Kimin Lee, Kibok Lee, Honglak Lee, Jinwoo Shin",
    "year": 2018,
    "url": "https://arxiv.org/abs/1807.03888",
}
SCALING = {
    "paper": "Logit Scaling for Out-of-Distribution Detection",
    "authors": "Andrija Djurisic, Rosanne Liu, Mladen Nikolic",
    "year": 2025,
    "url": "https://arxiv.org/abs/2409.01175",
}
LIKELIHOOD = {
    "paper": "Single Layer Predictive Normalized Maximum Likelihood for Out-of-Distribution Detection",
    "authors": "Koby Bibas, Meir Feder, Tal Hassner",
    "year": 2021,
    "url": "https://arxiv.org/abs/2110.09246",
}
GRADIENTS = {
    "paper": "Gradients as a Measure of Uncertainty in Neural Networks",
    "authors": "Jinsol Lee, Ghassan AlRegib",
    "year": 2020,
    "url": "https://arxiv.org/abs/2008.08030",
}


class MaxSoftmax(adapter.OnLogits, name="max-softmax", like=msp.MSP):
    class Parameters(Detector.Parameters):
        t: float = Field(1.0, description="temperature")


class MaxLogit(adapter.OnLogits, name="max-logit", like=max_logit.MaxLogit): ...


class EnergyBased(adapter.OnLogits, name="energy-based", like=energy.Energy):
    class Parameters(Detector.Parameters):
        t: float = Field(1.0, description="temperature")


class Entropy(adapter.OnLogits, name="entropy", like=entropy.Entropy): ...


class GEN(adapter.OnLogits, name="gen", like=gen.GEN):
    class Parameters(Detector.Parameters):
        gamma: float = Field(0.1, description="exponent")
        M: int | None = Field(None, description="how many of the largest probabilities count; all if None")


class KLMatching(adapter.OnLogits, name="kl-matching", like=kl_matching.KLMatching): ...


class OpenMax(adapter.OnLogits, name="openmax", like=openmax.OpenMax):
    class Parameters(Detector.Parameters):
        tailsize: int = Field(25, description="how many of the largest distances of a class are fitted")
        alpha: int = Field(10, description="how many of the largest logits are revised")
        euclid_weight: float = Field(1.0, description="share of the Euclidean distance, the rest being the cosine's")


class TemperatureScaling(
    adapter.OnHeldOutLogits, name="temperature-scaling", like=temperature_scaling.TemperatureScaling
): ...


class KNN(adapter.OnFeatures, name="knn", like=knn.KNN):
    class Parameters(Detector.Parameters):
        k: int = Field(50, description="which neighbour")
        normalize: bool = Field(True, description="whether features get unit length")


class Mahalanobis(adapter.OnFeatures, name="mahalanobis", like=mahalanobis.Mahalanobis): ...


class RMD(adapter.OnFeatures, name="rmd", like=relative_mahalanobis.RelativeMahalanobis): ...


class GMM(adapter.OnFeatures, name="gmm"):
    class Parameters(Detector.Parameters):
        reg: float = Field(1e-6, description="added to the covariances' diagonals")


class SHE(adapter.OnFeaturesAndHead, name="she", like=she.SHE): ...


class fDBD(adapter.OnFeaturesAndHead, name="fdbd", like=fdbd.FDBD): ...


class NCI(adapter.OnFeaturesAndHead, name="nci", like=nci.NCI):
    class Parameters(Detector.Parameters):
        alpha: float = Field(0.0, description="weight of the norm")


class NNGuide(adapter.OnFeaturesAndHead, name="nnguide", like=nnguide.NNGuide):
    class Parameters(Detector.Parameters):
        k: int = Field(10, description="how many neighbours guide")


class LTS(adapter.OnFeaturesAndHead, name="lts", paper=SCALING):
    class Parameters(Detector.Parameters):
        p: float = Field(0.05, description="share of the largest activations")


class PNML(adapter.OnFeaturesAndHead, name="pnml", paper=LIKELIHOOD):
    class Parameters(Detector.Parameters):
        eps: float = Field(1e-12, description="floor of the probabilities")


class DICE(adapter.OnFeaturesAndWeights, name="dice", like=dice.DICE):
    class Parameters(Detector.Parameters):
        p: float = Field(0.9, description="share of the head's weights that are zeroed")


class ViM(adapter.ViMOnFeatures, name="vim", like=vim.ViM):
    class Parameters(Detector.Parameters):
        d: int | None = Field(None, description="dimension of the main subspace; half the features' if None")


class ASH(adapter.OnPooledMaps, name="ash", like=ash.ASH):
    class Parameters(Detector.Parameters):
        variant: Literal["ash-s", "ash-b", "ash-p"] = Field("ash-s", description="scale, binarise or only prune")
        percentile: float = PERCENTILE


class SCALE(adapter.OnPooledMaps, name="scale", like=scale.SCALE):
    class Parameters(Detector.Parameters):
        percentile: float = PERCENTILE


class ReAct(adapter.OnPooledMaps, name="react", like=react.ReAct):
    class Parameters(Detector.Parameters):
        threshold: float | None = Field(None, description="where to clip, instead of at the percentile")
        percentile: float = Field(0.9, description="share of training activations that are below the threshold")


class VRA(adapter.OnPooledMaps, name="vra", like=vra.VRA):
    class Parameters(Detector.Parameters):
        lower_percentile: float = Field(0.01, description="share of training activations below the lower threshold")
        upper_percentile: float = Field(0.99, description="share of training activations below the upper threshold")


class ODIN(adapter.OnImages, name="odin", like=odin.ODIN):
    class Parameters(Detector.Parameters):
        eps: float = Field(0.0014, description="step, in normalised units")
        temperature: float = Field(1000.0, description="temperature of the softmax")


class GradNorm(adapter.OnImages, name="gradnorm", like=gradnorm.GradNorm):
    class Parameters(Detector.Parameters):
        temperature: float = Field(1.0, description="temperature of the softmax")


class GradUncertainty(adapter.OnImages, name="grad-uncertainty", paper=GRADIENTS): ...


class MahalanobisODIN(adapter.MahalanobisODINOnImages, name="mahalanobis-odin", paper=UNIFIED):
    class Parameters(Detector.Parameters):
        eps: float = Field(0.002, description="step, in normalised units")


class RankFeat(adapter.RankFeatOnMaps, name="rankfeat", like=rankfeat.RankFeat): ...


class Gram(adapter.GramOnStages, name="gram", like=gram.Gram):
    class Parameters(Detector.Parameters):
        num_poles_list: tuple[int, ...] | None = Field(None, description="powers; 1 to the number of stages if None")


class MultiMahalanobis(adapter.MultiMahalanobisOnStages, name="multi-mahalanobis", paper=UNIFIED):
    class Parameters(Detector.Parameters):
        alpha: tuple[float, ...] | None = Field(None, description="weights of the stages; all one if None")


class NACUE(adapter.OnStages, name="nacue", like=nac.NAC):
    class Parameters(Detector.Parameters):
        m_bins: int = Field(50, description="bins of a histogram")
        alpha: float = Field(100.0, description="steepness of the sigmoid")
        o_star: int = Field(50, description="hits of a bin that are full coverage")

"""The built-in methods of the OOD track."""

from __future__ import annotations

from collections.abc import Callable

from suite.contracts import Method
from suite.hookspecs import hookimpl

from .peers import installed_peers

METHODS = (
    "ash:ASH",
    "dice:DICE",
    "energy:Energy",
    "entropy:Entropy",
    "fdbd:FDBD",
    "feature_norm:FeatureNorm",
    "field_potential:FieldPotential",
    "field_steady_state:FieldSteadyState",
    "gen:GEN",
    "gradnorm:GradNorm",
    "gram:Gram",
    "kl_matching:KLMatching",
    "knn:KNN",
    "mahalanobis:Mahalanobis",
    "max_logit:MaxLogit",
    "msp:MSP",
    "nac:NAC",
    "nci:NCI",
    "nnguide:NNGuide",
    "odin:ODIN",
    "openmax:OpenMax",
    "random_scores:Random",
    "rankfeat:RankFeat",
    "react:ReAct",
    "relative_mahalanobis:RelativeMahalanobis",
    "residual:Residual",
    "scale:SCALE",
    "she:SHE",
    "temperature_scaling:TemperatureScaling",
    "training.abet:AbeT",
    "training.energy_finetune:EnergyFineTuning",
    "training.logitnorm:LogitNorm",
    "training.meta_ood:MetaOOD",
    "training.mixoe:MixOE",
    "training.outlier_exposure:OutlierExposure",
    "vim:ViM",
    "vra:VRA",
)


@hookimpl
def suite_register_methods(register: Callable[[str | type[Method]], None]) -> None:
    """Register every method of this folder, and those of other libraries that are installed."""
    for method in METHODS:
        register(f"{__name__}.{method}")
    for peer in installed_peers():
        register(peer)

"""The built-in methods of the OOD track."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl

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
    "kl_matching:KLMatching",
    "knn:KNN",
    "mahalanobis:Mahalanobis",
    "max_logit:MaxLogit",
    "msp:MSP",
    "nci:NCI",
    "nnguide:NNGuide",
    "random_scores:Random",
    "react:ReAct",
    "relative_mahalanobis:RelativeMahalanobis",
    "residual:Residual",
    "scale:SCALE",
    "she:SHE",
    "training.abet:AbeT",
    "training.energy_finetune:EnergyFineTuning",
    "training.logitnorm:LogitNorm",
    "training.meta_ood:MetaOOD",
    "training.mixoe:MixOE",
    "training.outlier_exposure:OutlierExposure",
    "vim:ViM",
)


@hookimpl
def suite_register_methods(register: Callable[[str], None]) -> None:
    """Register every method of this folder."""
    for method in METHODS:
        register(f"{__name__}.{method}")

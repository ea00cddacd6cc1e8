"""The built-in methods of the basins track."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from suite.hookspecs import hookimpl

METHODS = (
    "c2st_ridge:C2STRidge",
    "c2st_ridge:C2STRidgeKnown",
    "energy_distance:EnergyDistance",
    "energy_distance:EnergyDistanceKnown",
    "gmm:GMM",
    "gmm:GMMKnown",
    "hdbscan:HDBSCAN",
    "kmeans:KMeans",
    "kmeans:KMeansKnown",
    "kway_discrimination:KWayDiscrimination",
    "kway_discrimination:KWayDiscriminationKnown",
    "mmd:MMD",
    "mmd:MMDKnown",
    "msm_pcca:MSMPCCA",
    "msm_pcca:MSMPCCAKnown",
    "msm_pcca:TICAMSMPCCA",
    "msm_pcca:TICAMSMPCCAKnown",
    "one_basin:OneBasin",
    "random_labels:Random",
    "spectral:Spectral",
    "spectral:SpectralKnown",
    "trajectory_discrimination:TrajectoryDiscrimination",
    "trajectory_discrimination:TrajectoryDiscriminationKnown",
    "trajectory_mean_ward:TrajectoryMeanWard",
    "trajectory_mean_ward:TrajectoryMeanWardKnown",
)
WITH_DEEPTIME = ("vampnet:VAMPnet",)


@hookimpl
def suite_register_methods(register: Callable[[str], None]) -> None:
    """Register every method of this folder; VAMPnet where deeptime is installed."""
    for method in (*METHODS, *WITH_DEEPTIME) if find_spec("deeptime") else METHODS:
        register(f"{__name__}.{method}")

"""The built-in methods of the replay track."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl

METHODS = (
    "aser:ASER",
    "ccs:CCS",
    "class_balanced:ClassBalanced",
    "class_balanced_reservoir:ClassBalancedReservoir",
    "closest_to_mean:ClosestToMean",
    "entropy:Entropy",
    "gdumb:GDumb",
    "gss:GSS",
    "herding:Herding",
    "hopfield_energy:HopfieldEnergy",
    "hopfield_energy:HopfieldEnergyBalanced",
    "hopfield_energy:HopfieldEnergyBottom",
    "hopfield_energy:HopfieldEnergyStratified",
    "hopfield_energy:HopfieldEnergyWeighted",
    "joint:Joint",
    "k_center:KCenter",
    "losses:LossHigh",
    "losses:LossLow",
    "margin:Margin",
    "mir:MIR",
    "no_replay:NoReplay",
    "rainbow:Rainbow",
    "random_selection:Random",
    "reservoir:Reservoir",
    "ring:Ring",
)


@hookimpl
def suite_register_methods(register: Callable[[str], None]) -> None:
    """Register every method of this folder."""
    for method in METHODS:
        register(f"{__name__}.{method}")

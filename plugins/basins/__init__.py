"""The built-in methods of the basins track."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl

METHODS = (
    "kway_discrimination:KWayDiscrimination",
    "kway_discrimination:KWayDiscriminationKnown",
    "one_basin:OneBasin",
    "random_labels:Random",
    "trajectory_discrimination:TrajectoryDiscrimination",
    "trajectory_discrimination:TrajectoryDiscriminationKnown",
    "trajectory_mean_ward:TrajectoryMeanWardKnown",
)


@hookimpl
def suite_register_methods(register: Callable[[str], None]) -> None:
    """Register every method of this folder."""
    for method in METHODS:
        register(f"{__name__}.{method}")

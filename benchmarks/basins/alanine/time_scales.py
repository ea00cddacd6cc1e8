"""How fast a basin forgets where a trajectory started, and how long it holds it: what the horizon must lie between.

``python -m suite.benchmarks.basins.alanine.time_scales 150 300`` prints both for each basin at these temperatures.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from suite.data.molecular_geometry import dihedral_angles

from .dynamics import Dynamics
from .regions import BASINS, region
from .structure import PHI, PSI, conformation

if TYPE_CHECKING:
    from numpy.typing import NDArray

SITES = {"beta": (-75, 150), "alpha R": (-75, -20), "alpha L": (55, 40), "PII L": (60, -160)}
INTERVAL = 0.2  # ps


@dataclass(frozen=True)
class TimeScales:
    """Of one basin, in ps.

    Attributes:
        relaxation: integrated autocorrelation time of the slowest of the cosines and sines of phi and psi.
        escape: time spent in the basin per escape; infinite if none was seen.
        watched: time spent in the basin.
    """

    basin: str
    relaxation: float
    escape: float
    watched: float


def time_scales(temperature: float, *, trajectories: int = 20, length: float = 100.0) -> list[TimeScales]:
    """Return the time scales of each basin, from trajectories of ``length`` ps each, as long as they stay there."""
    dynamics = Dynamics(temperature)
    found = []
    for number, (basin, angles) in enumerate(SITES.items()):
        start = dynamics.minimise(conformation(*angles))
        stays, escapes = [], 0
        for trajectory in range(trajectories):
            dynamics.start(start, "time scales", basin, trajectory)
            states = dynamics.run(round(length / INTERVAL), INTERVAL)
            dihedrals = dihedral_angles(states, (PHI, PSI))
            elsewhere = BASINS[region(dihedrals)] != number
            # Two frames in a row: one alone is a trajectory that turns back on the ridge.
            left = np.flatnonzero(elsewhere[:-1] & elsewhere[1:])
            escapes += bool(len(left))
            stays.append(dihedrals[: left[0] if len(left) else len(dihedrals)])
        watched = INTERVAL * sum(map(len, stays))
        found.append(TimeScales(basin, _relaxation(stays), watched / escapes if escapes else np.inf, watched))
    return found


def _relaxation(stays: list[NDArray[np.float32]]) -> float:
    """Return the longest integrated autocorrelation time of the stays' cosines and sines, up to where it is noise."""
    series = [np.concatenate([np.cos(stay), np.sin(stay)], axis=1).astype(np.float64) for stay in stays if len(stay)]
    mean = np.concatenate(series).mean(axis=0)
    lags = max(map(len, series))
    products, counts = np.zeros((lags, 4)), np.zeros(lags)
    for each in series:
        centred = each - mean
        for lag in range(len(centred)):
            products[lag] += (centred[: len(centred) - lag] * centred[lag:]).sum(axis=0)
            counts[lag] += len(centred) - lag
    correlation = products / counts[:, None] / (products[0] / counts[0])
    times = []
    for column in correlation.T:
        below = np.flatnonzero(column < 0.05)
        times.append(INTERVAL * (0.5 + column[1 : below[0] if len(below) else lags].sum()))
    return float(max(times))


def main() -> None:
    """Print a table for the temperatures of the command line."""
    for temperature in map(float, sys.argv[1:]):
        for each in time_scales(temperature):
            print(
                f"{temperature:.0f} K  {each.basin:8s} relaxation {each.relaxation:5.2f} ps, "
                f"escape {each.escape:6.0f} ps, watched {each.watched:.0f} ps"
            )


if __name__ == "__main__":
    main()

"""The basins track: which starting states of a high-dimensional dynamics share a metastable basin?"""

from __future__ import annotations

from collections.abc import Callable

from suite.contracts import Track
from suite.hookspecs import hookimpl
from suite.tracks.basins.contract import KNOWN, BasinContext, BasinDetector, Partition, Simulator, known_count

__all__ = ["BasinContext", "BasinDetector", "Partition", "Simulator", "known_count"]


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(
        Track(
            name="basins",
            title="Metastable basins",
            question="Given short trajectories from a few states, which of the states share a metastable basin?",
            contract=BasinDetector,
            leagues=(BasinDetector.league, KNOWN, "control"),
        )
    )

"""The basins track: which starting states share a metastable basin, in many dimensions?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from suite.contracts import Access, Role, TaskKit, Track
from suite.hookspecs import hookimpl
from suite.tracks.basins.contract import BasinContext, BasinDetector, Partition, Proposer, Simulator, Trajectories

__all__ = ["BasinContext", "BasinDetector", "Partition", "Proposer", "Simulator", "Trajectories"]

ROLES = (
    Role(
        "detector",
        "Says which representatives share a basin.",
        {BasinDetector: "suite.testing:BasinDetectorContract"},
        Path(__file__).parent / "templates" / "detector",
    ),
)


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(
        Track(
            name="basins",
            title="Metastable basins",
            question="Given short trajectories from a few states, which of the states share a metastable basin?",
            contract=BasinDetector,
            roles=ROLES,
            border="suite.tracks.basins.border:BORDER",
            tasks=TaskKit(
                {"suite.tracks.basins.protocol:BasinTask": "suite.testing:BasinTaskContract"},
                Path(__file__).with_name("templates") / "task",
            ),
            access=(
                Access("count", "How many basins there are."),
                Access("exploration", "Hot trajectories, of whose frames the method proposes some to start from."),
            ),
            libraries=("sklearn.cluster", "sklearn.linear_model", "torch._dynamo"),
        )
    )

"""The learning-rate track: which training ends in the good basin, and for how many rates?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from suite.contracts import Access, Role, TaskKit, Track
from suite.hookspecs import hookimpl
from suite.tracks.learning_rate.contract import Procedure, Schedule, Trainer, TrainingContext

__all__ = ["Procedure", "Schedule", "Trainer", "TrainingContext"]

TEMPLATES = Path(__file__).with_name("templates")


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(
        Track(
            name="learning-rate",
            title="Learning rates",
            question="Which training procedure lands in the good basin under a budget, and at how many learning rates?",
            contract=Procedure,
            roles=(
                Role(
                    "procedure",
                    "Trains runs of a grid of rates under a budget: a schedule of rates, or more.",
                    {Procedure: "suite.testing:ProcedureContract"},
                    TEMPLATES / "procedure",
                ),
            ),
            access=(Access("batch statistics", "Layers that normalise by the statistics of a batch."),),
            tasks=TaskKit(
                {"suite.tracks.learning_rate.protocol:TrainingTask": "suite.testing:TrainingTaskContract"},
                TEMPLATES / "task",
            ),
            border="suite.tracks.learning_rate.border:BORDER",
        )
    )

"""The temperature track: which annealing finds the global minimum with a given budget?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from suite.contracts import Access, Role, TaskKit, Track
from suite.hookspecs import hookimpl
from suite.tracks.temperature.contract import Annealer, AnnealingContext, Schedule, Walkers

__all__ = ["Annealer", "AnnealingContext", "Schedule", "Walkers"]

TEMPLATES = Path(__file__).with_name("templates")


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(
        Track(
            name="temperature",
            title="Temperature annealing",
            question="Which annealing brings Langevin dynamics from a local minimum to the global one under a budget?",
            contract=Annealer,
            roles=(
                Role(
                    "annealer",
                    "Brings walkers to the global minimum: a schedule of inverse temperatures, or more.",
                    {Annealer: "suite.testing:AnnealerContract"},
                    TEMPLATES / "annealer",
                ),
            ),
            access=(
                Access("barrier", "The largest barrier to a global minimum, H*."),
                Access("loss", "The loss of an encoder in training, and its slope by log beta in each step."),
            ),
            tasks=TaskKit(
                {
                    f"{__name__}.protocol:AnnealingTask": "suite.testing:AnnealingTaskContract",
                    f"{__name__}.encoder.protocol:ContrastiveTask": "suite.testing:ContrastiveTaskContract",
                },
                TEMPLATES / "task",
            ),
            border="suite.tracks.temperature.border:BORDER",
        )
    )

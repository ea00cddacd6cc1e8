"""The replay track: which samples to remember, with everything but the selector held fixed?"""

from __future__ import annotations

from collections.abc import Callable

from suite.contracts import Track
from suite.hookspecs import hookimpl
from suite.tracks.replay.contract import (
    BOUND,
    BOUNDARY,
    ONLINE,
    Bound,
    History,
    Learner,
    MemoryRetrieval,
    MemoryUpdate,
    ReplayContext,
    ReplaySelector,
    Samples,
    Space,
    Unavailable,
    joined,
)

__all__ = [
    "BOUND",
    "BOUNDARY",
    "ONLINE",
    "Bound",
    "History",
    "Learner",
    "MemoryRetrieval",
    "MemoryUpdate",
    "ReplayContext",
    "ReplaySelector",
    "Samples",
    "Space",
    "Unavailable",
    "joined",
]


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(
        Track(
            name="replay",
            title="Replay in continual learning",
            question="Which samples of earlier tasks should a small buffer remember?",
            contract=(ReplaySelector, MemoryUpdate, MemoryRetrieval, Bound),
            leagues=(BOUNDARY, ONLINE, BOUND),
        )
    )

"""What tasks that are no stream for a classifier cannot measure."""

from __future__ import annotations

from collections.abc import Collection

from suite.contracts import Method
from suite.tracks.replay.contract import Bound, Need, ReplaySelector


def declined_without_stream(method: type[Method], offered: Collection[Need], model: str) -> str:
    """Return why a method cannot choose what a model that offers only so much replays, or an empty string."""
    if issubclass(method, Bound):
        return "" if method.regime != "buffer alone" else f"{model} cannot learn from a buffer alone"
    if not issubclass(method, ReplaySelector):
        return f"{model} has no stream that is learned from step by step"
    lacking = sorted(method.needs - set(offered))
    return f"{model} has no {', '.join(lacking)}" if lacking else ""

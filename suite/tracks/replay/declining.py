"""What tasks without a stream cannot measure. Planning asks, so nothing heavy is imported here."""

from __future__ import annotations

from collections.abc import Collection

from suite.contracts import Method
from suite.tracks.replay.contract import Bound, Need, ReplaySelector


def declined(method: type[Method], offered: Collection[Need], model: str) -> str:
    """Return why a method cannot choose what a model that offers only so much replays, or an empty string."""
    if issubclass(method, Bound):
        return "" if method.regime != "buffer alone" else f"{model} has nothing to learn from a buffer alone"
    if not issubclass(method, ReplaySelector):
        return "there is no stream: the buffer is filled once, at the end of a task"
    lacking = sorted(method.needs - set(offered))
    return f"{model} has no {', '.join(lacking)}" if lacking else ""

"""Methods that run apart from their judge, as in a split run, with nothing confined."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

from suite.contracts import Border, Method
from suite.run.split import host, judge
from suite.run.split.channel import Channel, Limits
from suite.run.split.codec import Codec
from suite.run.split.peer import Peer
from suite.run.split.references import Given

Apart = Callable[..., Any]
"""From a method's class and parameters to what stands for it."""


class Pair(judge.Host):
    """A judge and a host on both ends of a channel, in two threads of one process."""

    def __init__(self, method: type[Method], border: Border) -> None:
        ours, theirs = socket.socketpair()
        hosting = host.Host(theirs)
        hosting._pass(border)
        hosting._classes[""] = method
        self._border, self._given = border, Given(border)
        codec = Codec(border, self._named, self._object, trusted=False)
        self._peer = Peer(Channel(ours, Limits(), shares=False), codec, self._use)
        self._classes = {"": self._class("", hosting._description(method))}
        self._ends = ours, theirs
        self._thread = threading.Thread(target=hosting.serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the host."""
        self._ends[0].close()
        self._thread.join(timeout=5)
        self._ends[1].close()


def pairs(border: Border) -> Iterator[Apart]:
    """Yield what makes methods that run apart; all hosts end with it."""
    made: list[Pair] = []

    def apart(method: type[Method], **parameters: Any) -> Any:
        made.append(Pair(method, border))
        return made[-1].method(**parameters)

    yield apart
    for pair in made:
        pair.close()

"""One side of a border: it calls the other, and answers what that calls meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeAlias

from suite.run.split.arrays import Garbled
from suite.run.split.channel import Channel, Closed
from suite.run.split.codec import Codec, Take, Tell
from suite.run.split.failure import heard, told

Handle: TypeAlias = Callable[..., Any]
"""Answers a call: its name, and its arguments."""


class Peer:
    """Calls and answers over a channel. A call holds the channel until it has returned, whatever thread makes it."""

    def __init__(self, channel: Channel, codec: Codec, handle: Handle) -> None:
        self._channel, self._codec, self._handle = channel, codec, handle
        self.errors = codec.border.errors
        self._lock = threading.RLock()
        self._depth = 0

    def call(self, name: str, *arguments: Any) -> Any:
        """Have the other side do something, and return what comes of it.

        Raises:
            Closed: the other process is gone.
            Garbled: it sends what does not pass.
            TypeError: an argument does not pass.
            Exception: its own.
        """
        with self._lock, self:
            return self._answered(self._send("call", [name, *arguments]))

    def post(self, name: str, *arguments: Any) -> None:
        """Send a call of plain data, and leave it to `returned` to wait for its answer."""
        self._send("call", [name, *arguments])

    def returned(self) -> Any:
        """Return what comes of the earliest call that was posted, maybe by another process; raises as `call` does."""
        with self._lock, self:
            return self._answered([])

    def serve(self) -> None:
        """Answer calls until the other side is gone."""
        while True:
            try:
                kind, content, changing = self._receive()
                if kind != "call":
                    raise Garbled("an answer that nobody waits for")
                with self:
                    self._answer(content, changing)
            except Closed:
                return

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(self, *error: object) -> None:
        self._depth -= 1
        if not self._depth:  # what has passed is known by its number until the outermost call has returned
            self._codec.memory.clear()

    def _answered(self, changed: list[Take]) -> Any:
        while True:
            kind, content, changing = self._receive()
            if kind == "call":
                self._answer(content, changing)
            elif kind == "raise":
                raise heard(content, self.errors)
            elif kind == "return":
                return _returned(content, changed)
            else:
                raise Garbled("an answer of no kind")

    def _answer(self, content: Any, changing: list[Tell]) -> None:
        if not isinstance(content, list) or not content or not isinstance(content[0], str):
            raise Garbled("a call of nothing")
        try:
            value = self._handle(*content)
            self._send("return", [value, [tell() for tell in changing]])
        except (Closed, Garbled):
            raise
        except BaseException as error:  # SystemExit too: it is the method's, and told as such
            self._send("raise", told(error, self.errors, openly=self._codec.trusted))

    def _send(self, kind: str, content: Any) -> list[Take]:
        text, parts, changed = self._codec.write([kind, content])
        self._channel.send(text, parts)
        return changed

    def _receive(self) -> tuple[Any, Any, list[Tell]]:
        message, changing = self._codec.read(*self._channel.receive())
        if not isinstance(message, list) or len(message) != 2:
            raise Garbled("a message that cannot be read")
        return message[0], message[1], changing


def _returned(content: Any, changed: list[Take]) -> Any:
    if not isinstance(content, list) or len(content) != 2 or not isinstance(content[1], list):
        raise Garbled("an answer that cannot be read")
    value, contents = content
    if len(contents) != len(changed):
        raise Garbled("changes to something else")
    for take, new in zip(changed, contents, strict=True):
        try:
            take(new)
        except (RuntimeError, TypeError, ValueError, KeyError, AttributeError) as error:
            raise Garbled(f"changes that do not fit: {error}") from error
    return value

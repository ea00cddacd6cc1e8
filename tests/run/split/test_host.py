"""What a host does of what it is told, and in which order."""

from __future__ import annotations

import socket
import threading

import pytest

from suite.contracts import Border
from suite.run.split.channel import Channel, Limits
from suite.run.split.codec import Codec
from suite.run.split.host import Host
from suite.run.split.peer import Peer


def test_a_process_that_is_not_confined_loads_no_method() -> None:
    ours, theirs = socket.socketpair()
    host = Host(theirs)
    serving = threading.Thread(target=host.serve, daemon=True)
    serving.start()
    codec = Codec(Border(calls={}), lambda value, reference: None, lambda named: (None, None), trusted=False)
    judge = Peer(Channel(ours, Limits()), codec, lambda *call: None)
    judge.post("begin", {"readable": 3})  # which are no folders: confining fails before it begins
    judge.post("load", {"methods": {"": "quantization/fp32"}, "sources": {"": None}, "files": [], "installed": []})
    with pytest.raises(TypeError, match="not iterable"):
        judge.returned()
    with pytest.raises(RuntimeError, match="a process that is not confined loads no method"):
        judge.returned()
    ours.close()
    serving.join(timeout=5)
    assert not host._classes

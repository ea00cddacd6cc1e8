"""``suite leaderboard`` as a process: it serves, builds the board beside the requests, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psutil
import pytest

from ..board.conftest import PLUGIN, Store, fill

SECONDS = 60.0
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "home")
    fill(store, "alpha", [0.8] * 5)
    return store


class Server:
    """A server on a free port, started in a folder with a file that is named as one of Python's modules.

    It is started for the first time, at a terminal, where Streamlit by itself asks for an e-mail address and waits.
    """

    def __init__(self, folder: Path, log: IO[bytes]) -> None:
        (folder / "copy.py").write_text("raise SystemExit('the file of the current folder was run')\n")
        self.port = free_port()
        command = [sys.executable, "-P", "-m", "suite", "leaderboard", "--port", str(self.port)]
        environment = {**os.environ, "SUITE_PLUGINS": str(PLUGIN), "HOME": str(folder), "BROWSER": "true"}
        self.terminal, end = pty.openpty()
        self.process = subprocess.Popen(command, cwd=folder, env=environment, stdin=end, stdout=log, stderr=log)
        os.close(end)

    def answer(self, path: str) -> bytes:
        """Return what it answers, as soon as it does."""
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=10) as answer:
                    return bytes(answer.read())
            except OSError:
                assert self.process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)


@pytest.fixture
def server(store: Store, tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "folder"
    folder.mkdir()
    with (tmp_path / "log").open("wb") as log:
        served = Server(folder, log)
        yield served
        served.process.kill()
        served.process.wait()
        os.close(served.terminal)


def entries(server: Server) -> list[dict[str, object]]:
    return list(json.loads(server.answer("/api/board"))["entries"])


def test_it_serves_what_the_worker_builds_and_ends_with_it(store: Store, server: Server, tmp_path: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not entries(server):
        assert time.monotonic() < deadline
    fill(store, "delta", [0.9] * 5)
    while len(entries(server)[0]["results"]) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    children = psutil.Process(server.process.pid).children(recursive=True)
    assert [child for child in children if "suite.board.watch" in child.cmdline()]
    for process in (server.process.pid, *(child.pid for child in children)):
        assert "libtorch" not in Path(f"/proc/{process}/maps").read_text()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(SECONDS) in (0, -signal.SIGTERM)
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
    log = (tmp_path / "log").read_text()
    assert "the file of the current folder was run" not in log
    assert "Traceback" not in log

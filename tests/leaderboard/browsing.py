"""A server on a small store, and a browser on it: for tests of what only a browser does."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WAIT = 30_000
IDLE = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"

browses = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the PATH: apt-get install chromium"),
]


@dataclass
class Visitor:
    """A browser's page on the server; counts clicks, entries of the history, requests to elsewhere and dialogs."""

    page: Any
    address: str
    clicks: int = 0
    outside: set[str] = field(default_factory=set)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Begin to watch requests and dialogs."""
        self.page.on("request", lambda request: self._requested(request.url))
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _requested(self, url: str) -> None:
        if not url.startswith((self.address, self.address.replace("http", "ws", 1), "data:", "blob:", "about:")):
            self.outside.add(url)

    def open(self, path: str = "/") -> None:
        """Open an address, and wait until the page is drawn."""
        self.page.goto(f"{self.address}{path}")
        self.page.locator(".foot").wait_for(timeout=WAIT)
        self.settle()

    def settle(self) -> None:
        """Wait until the script has ended."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_function(IDLE, timeout=WAIT)
        self.page.wait_for_timeout(200)

    def click(self, what: Any) -> None:
        """Click something and wait."""
        self.clicks += 1
        what.click(timeout=WAIT)
        self.settle()

    def link(self, name: str) -> Any:
        """Return a link of the page by its words."""
        return self.page.get_by_role("link", name=name, exact=True).first

    @property
    def entries(self) -> int:
        """The length of the history."""
        return int(self.page.evaluate("history.length"))

    @property
    def words(self) -> str:
        """What the page says."""
        return " ".join(str(self.page.locator(".stMain").inner_text()).split())


def start(environment: dict[str, str], folder: Path) -> Iterator[str]:
    """Start ``suite leaderboard``; yields its address and ends it."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "suite", "leaderboard", "--port", str(port), "--no-browser"]
    with (folder / "server.txt").open("w") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True, env={**os.environ, **environment}
        )
        try:
            _wait_for(port, process)
            yield f"http://localhost:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # the command and the server that it started
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        with socket.socket() as probe:
            if probe.connect_ex(("localhost", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server did not listen within 60 s")

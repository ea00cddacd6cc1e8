"""The process beside the server that builds the board. One a server; it ends with it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from suite.board.artifact import board_folder
from suite.settings import Settings, load_settings

AGAIN_SECONDS = 5.0
"""After so long a worker that has ended is started again."""

log = logging.getLogger(__name__)


def served_folder(settings: Settings) -> Path:
    """Return where the board lies that the server shows: beside the store, or apart if it cannot be written there.

    It is looked at anew each time, as a folder may come and go while the server runs.
    """
    beside = board_folder(settings)
    with suppress(OSError):
        beside.mkdir(parents=True, exist_ok=True)
    return beside if beside.is_dir() and os.access(beside, os.W_OK) else _apart()


@asynccontextmanager
async def worker(app: Any) -> AsyncIterator[None]:
    """Keep a worker running while the server does: the lifespan of `streamlit.App`."""
    stopped = threading.Event()
    thread = threading.Thread(target=_keep_running, args=(stopped,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(AGAIN_SECONDS)


def start(folder: Path) -> subprocess.Popen[bytes]:
    """Start a worker for a folder; closing its standard input ends it."""
    # -P: a file of the current folder is no module of ours.
    command = [sys.executable, "-P", "-m", "suite.board.watch", str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)


def _keep_running(stopped: threading.Event) -> None:
    while not stopped.is_set():
        settings = load_settings()
        folder = served_folder(settings)
        process = start(folder)
        while process.poll() is None and not stopped.wait(0.2) and served_folder(settings) == folder:
            pass
        if process.poll() is None:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()
        elif not stopped.is_set():
            log.error("the worker that builds the board has ended with %s; it is started again", process.returncode)
            stopped.wait(AGAIN_SECONDS)


def _apart() -> Path:
    """Return a folder that is removed when the server ends; one a server."""
    with _MAKING:
        if not _KEPT:
            _KEPT.append(tempfile.TemporaryDirectory(prefix="basin-suite-board-"))
            log.warning("the board cannot be kept beside the store; it lies in %s", _KEPT[0].name)
        return Path(_KEPT[0].name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []
_MAKING = threading.Lock()

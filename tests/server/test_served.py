"""The whole way once, over a socket: from an upload to a row's folder."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from suite.settings import Settings

from .test_worker import zipped

pytestmark = pytest.mark.slow


@pytest.fixture
def address(home: Settings) -> Iterator[str]:
    """The address of a server in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "suite", "serve", "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "Uvicorn running" in line:
            break
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.communicate(timeout=20)


def ask(url: str, secret: str, content: bytes | None = None) -> Any:
    """Return what the server answers."""
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/zip"}
    with urllib.request.urlopen(urllib.request.Request(url, content, headers), timeout=20) as answer:
        return json.load(answer)


def test_a_submission_is_handed_in_checked_and_placed(
    address: str, secret: Callable[..., str], packed: Path, home: Settings
) -> None:
    token = secret()
    entry = ask(f"{address}/api/submissions", token, zipped(packed))
    assert (entry["state"], entry["place"]) == ("waiting", 1)
    worker = subprocess.run([sys.executable, "-m", "suite", "worker", "--once"], capture_output=True, text=True)
    assert worker.returncode == 0
    assert re.search(r"accepted$", worker.stdout, re.MULTILINE)
    told = ask(f"{address}/api/submissions/{entry['id']}", token)
    assert (told["state"], told["place"], told["name"]) == ("accepted", None, packed.name)
    assert [event["state"] for event in told["history"]] == ["waiting", "checking", "accepted"]
    assert [path.name for path in home.submission_folders[0].iterdir()] == [packed.name]
    with pytest.raises(urllib.error.HTTPError, match="401"):
        ask(f"{address}/api/submissions", "basin_none")

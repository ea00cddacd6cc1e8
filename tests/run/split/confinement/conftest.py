"""A process beside this one, to be confined, and a place with what it is to reach and what not."""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def in_a_child() -> Callable[[Callable[[int], Any]], Any]:
    """Call a function in a forked process and return what it returns, through JSON; it is told where it writes to."""

    def call(function: Callable[[int], Any]) -> Any:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            answer = ""
            sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115 - not pytest's
            try:
                answer = json.dumps(function(writing))
            except BaseException as error:
                answer = json.dumps({"error": f"{error!r} {error.__traceback__.tb_next.tb_lineno}"})
            finally:
                os.write(writing, answer.encode())
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as file:
            answer = file.read()
        os.waitpid(child, 0)
        assert answer, "the child ended before it answered"
        return json.loads(answer)

    return call


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders: ``home`` is closed, ``code`` readable but for what is hidden in it, ``own`` writable."""
    place = tmp_path_factory.mktemp("place").resolve()
    for folder in ("home", "code/hidden", "own"):
        (place / folder).mkdir(parents=True)
    for name in ("home/store.db", "home/other.db", "code/hidden/labels.txt"):
        (place / name).write_text("secret")
    (place / "code" / "method.py").write_text("own")
    unix = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(place / "home")  # the path of a Unix socket is at most 107 bytes long
    unix.bind("s")
    os.chdir(here)
    unix.listen()
    with (place / "home" / "store.db").open() as file, unix, socket.create_server(("127.0.0.1", 0)) as server:
        (place / "own" / "descriptor").write_text(str(file.fileno()))
        (place / "own" / "port").write_text(str(server.getsockname()[1]))
        with tempfile.NamedTemporaryFile("w", dir="/dev/shm") as left:
            (place / "own" / "left").write_text(Path(left.name).name)
            yield place


@pytest.fixture(scope="session")
def outcomes(place: Path) -> Callable[[Sequence[Callable[[Path], None]]], dict[str, str]]:
    """Make attempts and return, by name, what each raised, or ``done``."""

    def outcomes(attempts: Sequence[Callable[[Path], None]]) -> dict[str, str]:
        found = {}
        for attempt in attempts:
            try:
                attempt(place)
                found[attempt.__name__] = "done"
            except Exception as error:
                found[attempt.__name__] = f"{type(error).__name__}: {error}"
        return found

    return outcomes

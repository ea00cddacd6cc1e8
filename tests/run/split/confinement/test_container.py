"""The command line that starts a container, and, where an engine runs here, what it is like inside."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path

import pytest

from suite.errors import SuiteError
from suite.run.split.confinement import container
from suite.run.split.confinement.container import Container, Engine, command, find_engine

PODMAN, DOCKER = Engine(("podman",), "podman 5.4"), Engine(("docker",), "docker 28.2")
INSIDE = """
import json, os, socket
from pathlib import Path
def fails(attempt):
    try: attempt()
    except OSError: return True
    return False
status = dict(line.split(":\\t", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(json.dumps({
    "user": os.getuid(),
    "capabilities": [int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd")],
    "no new privileges": status["NoNewPrivs"],
    "network": sorted(os.listdir("/sys/class/net")),
    "code": Path("%(code)s/method.py").read_text(),
    "home": Path("%(home)s").exists(),
    "hidden": Path("%(code)s/hidden").exists(),
    "read-only": [fails(lambda: Path(path, "new").touch()) for path in ("/", "/usr", "%(code)s", "/etc")],
    "temporary": fails(lambda: Path("/tmp/new").touch()),
    "processes": len([name for name in os.listdir("/proc") if name.isdigit()]),
}))
"""


@pytest.mark.parametrize("engine", [PODMAN, DOCKER], ids=lambda engine: engine.client[0])
def test_the_command_line_gives_nothing_but_code(engine: Engine, place: Path) -> None:
    line = command(engine, "name", [place / "code"], [place / "code" / "hidden"], memory=2**30, seconds=60.4)
    for wanted in (
        *(["--network", "none"], ["--cap-drop", "ALL"], ["--security-opt", "no-new-privileges"]),
        *(["--user", "65534:65534"], ["--pids-limit", "512"], ["--memory", str(2**30)], ["--pull", "never"]),
    ):
        assert line[line.index(wanted[0]) + 1] == wanted[1]
    assert "--read-only" in line
    assert ("--timeout" in line) == engine.is_podman
    mounts = [line[index + 1] for index, word in enumerate(line) if word == "--mount"]
    assert all(mount.endswith(",readonly") for mount in mounts)
    sources = [mount.split(",")[1].removeprefix("source=") for mount in mounts]
    assert str(place / "code" / "method.py") in sources
    assert not any(str(place / part) in sources for part in ("code", "code/hidden", "home", "own"))
    assert not any("docker.sock" in source or source in ("/", "/home", "/etc", "/var", "/run") for source in sources)


def test_a_path_that_the_engine_would_misread_is_told(tmp_path: Path) -> None:
    (tmp_path / "a,readonly=false").mkdir()
    with pytest.raises(SuiteError, match="comma"):
        command(PODMAN, "name", [tmp_path / "a,readonly=false"])


@pytest.mark.parametrize("fails", ["import", "run"])
def test_an_engine_that_does_not_start_one_is_none(monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    def ask(client: tuple[str, ...], *arguments: str, input: bytes = b"") -> str:
        if fails in (*client, *arguments):
            raise subprocess.CalledProcessError(125, client)
        return "28.2"

    monkeypatch.setattr(container, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(container, "_ask", ask)
    assert find_engine.__wrapped__() is None


@pytest.mark.slow
def test_inside_there_is_nothing_else(place: Path, tmp_path: Path) -> None:
    engine = find_engine()
    if engine is None:
        pytest.skip("podman and docker cannot start a container here")
    ours, theirs = socket.socketpair()
    arguments = ["-c", INSIDE % {"code": place / "code", "home": place / "home"}]
    with ours, (tmp_path / "errors").open("wb") as errors:
        started = Container(
            engine,
            arguments,
            readable=[place / "code"],
            hidden=[place / "code/hidden"],
            channel=theirs.fileno(),
            output=errors,
        )
        theirs.close()
        answer = b"".join(iter(lambda: ours.recv(4096), b""))
        assert started.process.wait(30) == 0, (tmp_path / "errors").read_text()
    assert json.loads(answer) == {
        "user": 65534,
        "capabilities": [0, 0, 0],
        "no new privileges": "1",
        "network": ["lo"],
        "code": "own",
        "home": False,
        "hidden": False,
        "read-only": [True] * 4,
        "temporary": False,
        "processes": 1,
    }


@pytest.mark.slow
def test_a_container_that_does_not_end_is_killed(place: Path, tmp_path: Path) -> None:
    engine = find_engine()
    if engine is None:
        pytest.skip("podman and docker cannot start a container here")
    ours, theirs = socket.socketpair()
    with ours, (tmp_path / "errors").open("wb") as errors:
        sleeping = "import os, time; os.write(1, b'up'); time.sleep(600)"
        started = Container(engine, ["-c", sleeping], readable=[], channel=theirs.fileno(), output=errors)
        theirs.close()
        assert ours.recv(2) == b"up"
        started.kill()
        assert ours.recv(1) == b""
    gone = subprocess.run([*engine.client, "inspect", started.name], capture_output=True)
    assert gone.returncode != 0

"""A host in a container: nothing of the machine's but Python, installed packages, libraries and the method's code.

The image is empty and made here, so nothing is downloaded: all that there is, is mounted, read-only, at the path that
it has outside. No network, no capabilities, no new privileges, not root, limits on memory and processes. Standard input
and output are the channel. The host confines itself as well, as it does without a container.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import secrets
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite
from pathlib import Path
from shutil import which
from typing import IO

from suite.contracts import Job
from suite.discovery import PACKAGES
from suite.errors import SuiteError
from suite.run.split.confinement.reach import closed_folders, installation, spare, suite_folder

OWN_FOLDER = "/tmp"
"""Where a host in a container may write."""
IMAGE = "localhost/basin-suite-empty"
NOBODY = "65534:65534"
MOUNTED_BY_THE_ENGINE = ("/proc", "/sys", "/dev")
PROBE_SECONDS = 60.0
# Podman's usual runtime does not start where cgroups are half new and half old; the other one does.
CLIENTS = (("podman",), ("podman", "--runtime", "runc"), ("docker",))


@dataclass(frozen=True)
class Engine:
    """What runs containers here: how to call it, and its name with its version, as a run records it."""

    client: tuple[str, ...]
    name: str

    @property
    def is_podman(self) -> bool:
        """Whether it is podman, which has options that docker lacks."""
        return self.client[0] == "podman"


class Container:
    """A host that runs in a container, from its start to `kill`."""

    def __init__(
        self,
        engine: Engine,
        arguments: Sequence[str],
        *,
        readable: Sequence[Path],
        hidden: Sequence[Path] = (),
        memory: int | None = None,
        seconds: float | None = None,
        channel: int,
        output: int | IO[bytes],
    ) -> None:
        """Start Python with these arguments.

        Args:
            engine: what runs it.
            arguments: Python's, as ``-m some.module``.
            readable: files and folders of the method's code.
            hidden: folders that stay outside even where they lie in one that is readable.
            memory: bytes that it may take; None: no limit.
            seconds: after so many it ends, where the engine is podman, even if nobody is left to kill it.
            channel: an open socket, its standard input and output.
            output: where standard error goes.
        """
        self.name = f"basin-suite-{secrets.token_hex(8)}"
        self._engine = engine
        self.process = subprocess.Popen(
            [*command(engine, self.name, readable, hidden, memory, seconds), *arguments],
            stdin=channel,
            stdout=channel,
            stderr=output,
            env=_environment(),
        )

    @property
    def pid(self) -> int:
        """The process of the engine's client."""
        return self.process.pid

    @property
    def exitcode(self) -> int | None:
        """How Python ended; None while it goes on."""
        return self.process.poll()

    def join(self, seconds: float) -> None:
        """Wait so long at most for its end."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)

    def kill(self) -> None:
        """End all processes of the container, and remove it."""
        for verb in (["kill"], ["rm", "--force"]):  # by itself the second waits ten seconds for a polite end
            with contextlib.suppress(subprocess.TimeoutExpired):  # an engine that hangs stops no other cell
                command = [*self._engine.client, *verb, self.name]
                subprocess.run(command, capture_output=True, env=_environment(), timeout=PROBE_SECONDS)
        self.process.kill()
        self.process.wait()


def host_container(job: Job, channel: int, output: str) -> Container:
    """Start the host of a job whose split names a container; see `Container` for the rest."""
    engine, split = find_engine(), job.split
    assert engine is not None, "the plan has found one"
    assert split is not None
    settings = job.settings
    with open(output, "ab") as errors:  # noqa: PTH123 - as of a process
        return Container(
            engine,
            ["-m", "suite.run.split.host"],
            readable=split.readable,
            hidden=split.hidden,
            memory=None if settings.memory_limit is None else int(settings.memory_limit * 2**30),
            seconds=job.time_limit,
            channel=channel,
            output=errors,
        )


def command(
    engine: Engine,
    name: str,
    readable: Sequence[Path],
    hidden: Sequence[Path] = (),
    memory: int | None = None,
    seconds: float | None = None,
) -> list[str]:
    """Return the command line that starts Python in a container, without Python's arguments.

    Raises:
        SuiteError: a path has a sign that the engine would take for its own.
    """
    variables = {"HOME": OWN_FOLDER, "PYTHONPATH": str(suite_folder().parent), PACKAGES: os.environ.get(PACKAGES, "")}
    limits = [] if memory is None else ["--memory", str(memory), "--memory-swap", str(memory)]
    if engine.is_podman and seconds is not None and isfinite(seconds):
        limits += ["--timeout", str(max(1, round(seconds)))]
    return [
        *(*engine.client, "run", "--rm", "--interactive", "--name", name, "--pull", "never", "--log-driver", "none"),
        *("--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--user", NOBODY, "--pids-limit", "512", *limits),
        *("--ulimit", f"nofile={_hard(resource.RLIMIT_NOFILE, 4096)}"),
        *("--ulimit", f"nproc={_hard(resource.RLIMIT_NPROC, 4096)}", "--ulimit", "core=0"),
        *("--tmpfs", f"{OWN_FOLDER}:rw,exec,nosuid,nodev,size=4g,mode=1777", "--shm-size", "1g"),
        *("--workdir", OWN_FOLDER, *(part for each in variables.items() for part in ("--env", "=".join(each)))),
        *(part for path in _mounted(readable, hidden) for part in ("--mount", _mount(path))),
        *(IMAGE, sys.executable),
    ]


@cache
def find_engine() -> Engine | None:
    """Return an engine that starts a container here, having tried; None where there is none. Takes about a second."""
    for client in CLIENTS:
        if which(client[0]) is None:
            continue
        try:
            version = _ask(client, "version", "--format", "{{.Client.Version}}")
            _ask(client, "import", "-", IMAGE, input=_empty_image())
            engine = Engine(client, f"{client[0]} {version}")
            probe = command(engine, f"basin-suite-{secrets.token_hex(8)}", ())
            if _ask(tuple(probe), "-c", "print('started')") == "started":
                return engine
        except (OSError, subprocess.SubprocessError):
            continue  # no daemon, no rights, no runtime: what else there is, is tried
    return None


def _ask(client: tuple[str, ...], *arguments: str, input: bytes = b"") -> str:
    """Return what the engine prints; raises if it fails or hangs."""
    answer = subprocess.run(
        [*client, *arguments], input=input, capture_output=True, check=True, timeout=PROBE_SECONDS, env=_environment()
    )
    return answer.stdout.decode(errors="replace").strip()


def _empty_image() -> bytes:
    archive = io.BytesIO()
    tarfile.open(fileobj=archive, mode="w").close()
    return archive.getvalue()


def _mounted(readable: Sequence[Path], hidden: Sequence[Path]) -> list[str]:
    closed = closed_folders(hidden)
    paths = [path for path in installation() if not path.startswith(MOUNTED_BY_THE_ENGINE)]
    links = [path for path in ("/bin", "/sbin", "/lib", "/lib64") if Path(path).is_symlink()]
    own = [sys.executable, *(os.path.realpath(path) for path in readable)]
    parts = [part for path in (*paths, *own) for part in spare(path, closed)]
    return sorted({*links, *parts} - {part for part in parts if any(_lies_in(part, other) for other in parts)})


def _lies_in(path: str, folder: str) -> bool:
    return path.startswith(folder + os.sep)


def _mount(path: str) -> str:
    if set(path) & set(',"\n\r'):
        raise SuiteError(
            "a container cannot mount a path with a comma or a quote",
            place=path,
            next="suite run --split always",
        )
    return f"type=bind,source={path},target={path},readonly"


def _hard(kind: int, wanted: int) -> str:
    """Return a limit as soft:hard, no higher than what this process has: an engine that is not root cannot raise it."""
    _, hard = resource.getrlimit(kind)
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    return f"{value}:{value}"


def _environment() -> dict[str, str]:
    """Return the variables for the engine's client, without proxies, which it would hand on."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}

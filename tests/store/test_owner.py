"""Owners: telling a dead process from a living one, from one that got its number later, and from one in a container."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from suite.store import owner
from suite.store.owner import is_known_dead, this_process

OWN = [sys.executable, "-c", "import sys; from suite.store.owner import this_process as p; print(p(), flush=True)"]
OWN[-1] += "; sys.stdin.read()"
CONTAINER = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")


def _now(pid: int) -> str:
    boot, namespace = this_process().partition("@")[2].split("/")
    started = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return f"{platform.node()}:{pid}:{started}@{boot}/{namespace}"


def _formerly(pid: int, shift: float = 0.0) -> str:
    return f"{platform.node()}:{pid}:{psutil.Process(pid).create_time() + shift:.2f}"


@pytest.fixture(params=[_now, _formerly])
def named(request: pytest.FixtureRequest) -> Callable[[int], str]:
    """The owner that a process is, as it is written today and as it was."""
    return request.param


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen]:
    process = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def contained() -> Iterator[tuple[str, subprocess.Popen]]:
    """A process in a PID namespace of its own, and the owner that it is."""
    if shutil.which("unshare") is None or subprocess.run([*CONTAINER, "true"], capture_output=True).returncode:
        pytest.skip("PID namespaces cannot be made here")
    process = subprocess.Popen([*CONTAINER, *OWN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process.stdout.readline().strip(), process
    process.kill()
    process.communicate()


def test_this_process_lives() -> None:
    assert this_process() == _now(os.getpid())
    assert len(this_process()) <= 200, "the width of the column, less what a longer name of a host takes"
    assert not is_known_dead(this_process())


def test_another_living_process_lives(named, sleeper: subprocess.Popen) -> None:
    assert not is_known_dead(named(sleeper.pid))


def test_a_process_that_ended_is_dead(named, sleeper: subprocess.Popen) -> None:
    name = named(sleeper.pid)
    sleeper.kill()
    sleeper.wait()
    assert is_known_dead(name)


def test_a_killed_process_that_nobody_waited_for_is_dead(named, sleeper: subprocess.Popen) -> None:
    name = named(sleeper.pid)
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert psutil.Process(sleeper.pid).status() == psutil.STATUS_ZOMBIE
    assert is_known_dead(name)


def test_a_stopped_process_lives(named, sleeper: subprocess.Popen) -> None:
    sleeper.send_signal(signal.SIGSTOP)
    assert not is_known_dead(named(sleeper.pid))


def test_a_pid_that_was_given_to_somebody_else_is_dead() -> None:
    host, pid, started = this_process().rsplit(":", 2)
    ticks, world = started.split("@")
    assert is_known_dead(f"{host}:{pid}:{int(ticks) - 1}@{world}")
    assert is_known_dead(_formerly(os.getpid(), shift=-3600.0))


def test_a_step_of_the_clock_kills_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    name, formerly = this_process(), _formerly(os.getpid())
    created = psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: created(process) + 600.0)
    assert not is_known_dead(name)
    assert is_known_dead(formerly), "why the start is no time of the clock any more"


def test_a_small_correction_of_the_clock_killed_nobody_formerly() -> None:
    assert not is_known_dead(_formerly(os.getpid(), shift=1.0))


def test_nothing_is_known_of_a_process_in_another_container_of_the_same_host_name(contained) -> None:
    name, process = contained
    assert name.split(":")[0] == platform.node()
    assert not is_known_dead(name)
    process.kill()
    process.wait()
    assert not is_known_dead(name), "its lease decides"


def test_nothing_is_known_of_another_boot_and_other_hosts() -> None:
    host, pid, started = this_process().rsplit(":", 2)
    ticks, world = started.split("@")
    assert not is_known_dead(f"{host}:999999999:1@{'0' * 36}/{world.split('/')[1]}")
    assert not is_known_dead("elsewhere:1:1.00")
    assert is_known_dead(f"{host}:999999999:1@{world}")
    assert is_known_dead(f"elsewhere:{pid}:1@{world}"), "a host may change its name; the boot tells what it is"
    assert ticks.isdigit()


def test_a_process_of_another_user_that_is_hidden_is_not_taken_for_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pid: int, number: int) -> None:
        raise PermissionError

    name = this_process().replace(f":{os.getpid()}:", ":999999999:")
    assert is_known_dead(name)
    monkeypatch.setattr(os, "kill", refuse)
    assert not is_known_dead(name)


def test_where_the_system_tells_no_boot_the_clock_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "PROC", tmp_path)
    assert this_process() == _formerly(os.getpid())
    assert not is_known_dead(this_process())


def test_the_name_of_a_host_may_have_colons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "fe80::1")
    assert not is_known_dead(this_process())
    assert is_known_dead(f"fe80::1:{os.getpid()}:1.00")

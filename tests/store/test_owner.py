"""Owners: telling a dead process from a living one, and from one that got its number later."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys

import psutil
import pytest

from suite.store.owner import is_known_dead, this_process


def _owner(pid: int, shift: float = 0.0) -> str:
    return f"{platform.node()}:{pid}:{psutil.Process(pid).create_time() + shift:.2f}"


@pytest.fixture
def sleeper():
    process = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def test_this_process_lives() -> None:
    assert not is_known_dead(this_process())


def test_another_living_process_lives(sleeper: subprocess.Popen) -> None:
    assert not is_known_dead(_owner(sleeper.pid))


def test_a_process_that_ended_is_dead(sleeper: subprocess.Popen) -> None:
    owner = _owner(sleeper.pid)
    sleeper.kill()
    sleeper.wait()
    assert is_known_dead(owner)


def test_a_killed_process_that_nobody_waited_for_is_dead(sleeper: subprocess.Popen) -> None:
    owner = _owner(sleeper.pid)
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert psutil.Process(sleeper.pid).status() == psutil.STATUS_ZOMBIE
    assert is_known_dead(owner)


def test_a_stopped_process_lives(sleeper: subprocess.Popen) -> None:
    sleeper.send_signal(signal.SIGSTOP)
    assert not is_known_dead(_owner(sleeper.pid))


def test_a_pid_that_was_given_to_somebody_else_is_dead() -> None:
    assert is_known_dead(_owner(os.getpid(), shift=-3600.0))


def test_a_correction_of_the_systems_clock_kills_nobody() -> None:
    assert not is_known_dead(_owner(os.getpid(), shift=1.0))


def test_nothing_is_known_of_other_hosts() -> None:
    assert not is_known_dead("elsewhere:1:1.00")


def test_the_name_of_a_host_may_have_colons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "fe80::1")
    assert not is_known_dead(this_process())
    assert is_known_dead(f"fe80::1:{os.getpid()}:1.00")

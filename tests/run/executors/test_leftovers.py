"""What is left of a process that has ended: its first thread may end before the others."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from suite.run.executors.leftovers import is_gone

FIRST_THREAD_ENDS = """
import ctypes, sys, threading, time
threading.Thread(target=sys.stdin.read).start()
ctypes.CDLL(None).pthread_exit(None)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels do not tell")
def test_a_process_is_gone_when_its_last_thread_is(eventually: Callable[..., None]) -> None:
    with subprocess.Popen([sys.executable, "-c", FIRST_THREAD_ENDS], stdin=subprocess.PIPE) as process:
        state = Path(f"/proc/{process.pid}/stat")
        eventually(lambda: state.read_text().rpartition(")")[2].split()[0] == "Z")
        assert not is_gone(process.pid), "what it started is not yet below the process that adopts it"
        process.kill()
        process.wait()
    assert is_gone(process.pid)

"""How a process ended, in words, and whether the machine may have ended it."""

from __future__ import annotations

import signal
from pathlib import Path

OUTSIDE = {signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT}
"""Signals that come from outside: from somebody, a scheduler, or a system whose memory is full. A method that sends
one to itself looks the same. It is tried again as they are, and then recorded."""


def from_outside(code: int) -> bool:
    """Tell whether an exit status (negative: a signal) may be somebody else's doing."""
    return -code in OUTSIDE


def describe_exit(code: int, missing: str, *, starved: bool = False) -> str:
    """Return how a process ended that should have done what is ``missing``.

    ``starved``: the system killed some process for want of memory while this one ran.
    """
    if code == -signal.SIGKILL:
        why = "the system killed processes for want of memory meanwhile" if starved else "somebody else's, or its own"
        return f"killed by signal 9 ({why})"
    if code < 0:
        return f"killed by signal {-code} ({signal.Signals(-code).name})"
    return f"exited with status {code} before it {missing}"


def starvations() -> int:
    """Return how many processes the system has killed for want of memory since it started; 0 where it does not tell."""
    try:
        counters = Path("/proc/vmstat").read_text().split()
    except OSError:
        return 0
    return int(counters[counters.index("oom_kill") + 1]) if "oom_kill" in counters else 0

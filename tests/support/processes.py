"""Processes that a run has left, found whatever has become of their parents and their environment."""

from __future__ import annotations

from pathlib import Path

import psutil

MARK = "BASIN_TEST_MARK"
"""The variable that a test sets for a run that it starts; no name that is kept from workers."""


def marked(home: Path) -> list[int]:
    """Return the processes of a run with this home: by their mark, or by where they work and print."""
    found = []
    for process in psutil.process_iter():
        try:
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and (process.environ().get(MARK) == str(home) or _is_at(process.pid, home)):
                found.append(process.pid)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def _is_at(pid: int, home: Path) -> bool:
    """Tell whether a process works in a folder, deleted or not, or prints to a file in it."""
    for link in ("cwd", "fd/1", "fd/2"):
        try:
            if str(Path(f"/proc/{pid}/{link}").readlink()).startswith(str(home)):
                return True
        except OSError:
            continue
    return False

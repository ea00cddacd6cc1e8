"""How long the command line takes to start: `suite --help` and `suite methods`. Prints; never gates.

Run with: pytest tests/perf -n 0 -s
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import pytest


@pytest.mark.parametrize(("arguments", "target"), [(["--help"], 0.3), (["methods"], 0.5), (["plugins"], 0.5)])
def test_start(arguments: list[str], target: float) -> None:
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "suite", *arguments], check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    median = statistics.median(seconds)
    print(f"suite {' '.join(arguments)}: median of 5 {1000 * median:.0f} ms, {median / target:.2f} of {target} s")

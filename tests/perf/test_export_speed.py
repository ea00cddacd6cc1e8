"""What the site of 1,000,000 scores costs to write, and how heavy its pages are. Prints; never gates.

Run with: pytest tests/perf/test_export_speed.py -n 0 -s
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .made_store import make_store

SHAPES = {"tasks": {"tasks": 100, "methods": 100, "seeds": 10}, "wide": {"tasks": 20, "methods": 500, "seeds": 10}}


@pytest.mark.parametrize("shape", SHAPES)
def test_export(shape: str, tmp_path: Path) -> None:
    home, site = tmp_path / "home", tmp_path / "site"
    make_store(home, **SHAPES[shape])
    environment = {**os.environ, "SUITE_HOME": str(home), "SUITE_PLUGINS": str(home / "made_plugin.py")}
    for what in ("board built", "board at hand"):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, "-m", "suite", "export", str(site)], env=environment, check=True)
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - started
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        pages = [path.stat().st_size for path in site.rglob("*.html")]
        print(
            f"{shape}, {what}: {cpu:.1f} CPU s, {wall:.1f} s at load {os.getloadavg()[0]:.1f}; "
            f"{len(pages)} pages, the heaviest {max(pages) / 1000:.0f} KB"
        )

"""How eight writers of one SQLite store share 1,000 cells, and how long the slowest call takes. Gates nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CLAIMANTS = Path(__file__).parent.parent / "store" / "claimants.py"


def test_shares_of_eight_writers(tmp_path: Path) -> None:
    command = [sys.executable, CLAIMANTS, "claim", f"sqlite:///{tmp_path / 'suite.db'}", "8", "1000"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    shares = sorted((len(each["taken"]) for each in said), reverse=True)
    print(f"shares {shares}, the slowest call {max(each['slowest'] for each in said):.1f} s")
    assert sum(shares) == 1000

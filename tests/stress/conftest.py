"""Large experiments on the runner; they use the bench of its tests."""

from __future__ import annotations

import sys
from pathlib import Path

RUN = Path(__file__).parent.parent / "run"
sys.path[:0] = [str(RUN), str(RUN / "executors" / "ray")]

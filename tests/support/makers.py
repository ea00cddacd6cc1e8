"""Which files of tests define models that are trained into the shared cache."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
# A model's identity names its training split in words; these are where the words or the split may be a test's own.
DEFINES = re.compile(r"trained_on=|def (old|new|training|model)\(self\b")


def makers() -> list[Path]:
    """Return all files that make artifacts in words of their own, beside every conftest and asset."""
    shared = {*TESTS.rglob("conftest.py"), *TESTS.glob("assets/*.py")}
    return sorted(shared | {path for path in TESTS.rglob("*.py") if DEFINES.search(path.read_text(encoding="utf-8"))})

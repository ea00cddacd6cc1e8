"""What becomes of each cheat of `cheats_plugin`, on the fast path and in a split run; docs/trust.md says the same."""

from __future__ import annotations

from typing import Literal

Verdict = Literal["refused", "noticed", "impossible", "ended", "works"]
"""refused: the call fails, and so the cell; noticed: the run is invalid; impossible: there is nothing to find or to
change, so the cheat gains nothing; ended: what it left is killed; works: it gets what it wanted."""

VERDICTS: dict[str, tuple[Verdict, Verdict]] = {
    "order": ("works", "noticed"),
    "frames": ("works", "impossible"),
    "memory": ("works", "impossible"),
    "patch": ("works", "impossible"),
    "forge": ("works", "refused"),
    "read-store": ("works", "refused"),
    "change-store": ("works", "refused"),
    "read-cache": ("works", "refused"),
    "read-data": ("works", "refused"),
    "network": ("works", "refused"),
    "signal": ("works", "refused"),
    "trace": ("works", "refused"),
    "debug": ("works", "refused"),
    "variables": ("works", "refused"),
    "batches": ("works", "noticed"),
    "daemon": ("ended", "ended"),
    "known": ("works", "works"),
}

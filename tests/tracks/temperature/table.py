"""Section 5 of our notes: 4,000 particles on the circle, one seed; shares in the global well at t = 25, 100, 400."""

from __future__ import annotations

import numpy as np

from suite.tracks.temperature.landscapes.circle import Circle

ETA, AFTER = 0.01, (2500, 10000, 40000)
TIMES = ETA * np.arange(AFTER[-1])
BARRIER = Circle.barrier
SHARES = {
    "fixed 1": (0.703, 0.704, 0.692),
    "fixed 2": (0.645, 0.856, 0.862),
    "fixed 4": (0.054, 0.198, 0.596),
    "fixed 8": (0.000, 0.000, 0.002),
    "log 0.5": (0.270, 0.290, 0.297),
    "log 1": (0.791, 0.894, 0.955),
    "log 2": (0.713, 0.792, 0.855),
    "linear to log": (0.569, 0.701, 0.934),
    "linear": (0.618, 0.834, 0.914),
    "geometric": (0.547, 0.575, 0.899),
    "fast": (0.216, 0.216, 0.217),
}
LOW = {
    **{"fixed 1": 0.311, "fixed 2": 0.555, "fixed 4": 0.500, "fixed 8": 0.002},
    **{"log 0.5": 0.283, "log 1": 0.790, "log 2": 0.544},
    **{"linear to log": 0.771, "linear": 0.868, "geometric": 0.852, "fast": 0.207},
}
"""Shares with U < -1.25 at t = 400."""
METHODS: dict[str, tuple[str, dict[str, float]]] = {
    **{f"fixed {beta}": ("fixed-hot", {"beta": float(beta)}) for beta in (1, 2, 4, 8)},
    **{f"log {factor:g}": ("log-annealing", {"factor": factor}) for factor in (0.5, 1.0, 2.0)},
    "linear to log": ("linear-annealing", {"first": 0.01, "last": float(np.log(400 + np.e) / BARRIER)}),
    "linear": ("linear-annealing", {}),
    "geometric": ("geometric-annealing", {}),
    "fast": ("fast-quench", {}),
}
"""The method and the parameters of each."""
SCHEDULES = {
    **{f"fixed {beta}": np.full(len(TIMES), float(beta)) for beta in (1, 2, 4, 8)},
    **{f"log {factor:g}": np.log(TIMES + np.e) / (factor * BARRIER) for factor in (0.5, 1.0, 2.0)},
    "linear to log": 0.01 + (np.log(400 + np.e) / BARRIER - 0.01) * TIMES / 400,
    "linear": 0.1 + 7.9 * TIMES / 400,
    "geometric": 0.1 * 80 ** (TIMES / 400),
    "fast": 0.1 + 7.9 * np.minimum(TIMES / 2, 1),
}
"""The same by their equations, not by the plugins."""

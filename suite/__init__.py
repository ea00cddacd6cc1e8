"""Basin Suite: standard tasks, a runner and a leaderboard for methods that use basins of attraction.

This is all that a method or task author needs, and what a notebook calls: `run`, `scores`, `board`, `evaluate`. The
names load when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from suite.api import board, evaluate, run, scores
    from suite.contracts import (
        Access,
        Axis,
        Card,
        Column,
        Context,
        Cost,
        Influence,
        Method,
        Metric,
        Outcome,
        Parameters,
        Samples,
        Score,
        Setting,
        Task,
        TaskContext,
        Track,
        Value,
    )
    from suite.errors import SuiteError
    from suite.hookspecs import hookimpl

__all__ = [
    "Access",
    "Axis",
    "Card",
    "Column",
    "Context",
    "Cost",
    "Influence",
    "Method",
    "Metric",
    "Outcome",
    "Parameters",
    "Samples",
    "Score",
    "Setting",
    "SuiteError",
    "Task",
    "TaskContext",
    "Track",
    "Value",
    "board",
    "evaluate",
    "hookimpl",
    "run",
    "scores",
]

API = ("board", "evaluate", "run", "scores")
_HERE = Path(__file__).resolve().parent
if not (_HERE / "plugins").is_dir():
    # A checkout keeps plugins, benchmarks and leaderboard beside this folder, a wheel inside it.
    # Either way they are suite.plugins, suite.benchmarks and suite.leaderboard, which nothing can shadow.
    __path__.append(str(_HERE.parent))


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("basin-suite")
    if name not in __all__:
        raise AttributeError(f"module 'suite' has no attribute {name!r}")
    elsewhere = {"hookimpl": "suite.hookspecs", "SuiteError": "suite.errors"} | dict.fromkeys(API, "suite.api")
    home = elsewhere.get(name, "suite.contracts")
    return getattr(import_module(home), name)

"""What tasks cost, as it was measured once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What one seed of a task costs under its default setting, in CPU seconds of one core.

    Estimates of how long a run takes use it until the store has finished cells of the task.
    ``tests/perf/test_task_costs.py`` measures it.

    Attributes:
        preparation: what all methods share, into an empty cache; the mean over seeds.
        cell: the mean over the ranked methods that run without being asked for.
    """

    preparation: float
    cell: float

"""The embedded tasks hold the contract of their track."""

from __future__ import annotations

import pytest

from suite.contracts import Task
from suite.registry import load_registry
from suite.testing import (
    BasinTaskContract,
    DetectionTaskContract,
    QuantizationTaskContract,
    ReplayTaskContract,
    TaskDeclarationContract,
)

TASKS = [entry.value for entry in load_registry().tasks if entry.plugin.distribution == "basin-suite"]


def embedded(track: str) -> pytest.MarkDecorator:
    """Return the mark by which a class checks one embedded task of a track after the other."""
    found = [task for task in TASKS if task.id.startswith(f"{track}/") and task.tier == "embedded"]
    return pytest.mark.parametrize("task", found, ids=[task.id for task in found], scope="class")


@pytest.mark.parametrize("task", TASKS, ids=[task.id for task in TASKS], scope="class")
class TestEveryTask(TaskDeclarationContract):
    task: type[Task]


@embedded("ood")
class TestDetection(DetectionTaskContract):
    pass


@embedded("basins")
class TestBasins(BasinTaskContract):
    pass


@embedded("quantization")
class TestQuantization(QuantizationTaskContract):
    pass


@embedded("replay")
class TestReplay(ReplayTaskContract):
    pass

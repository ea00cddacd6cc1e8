"""The embedded tasks hold the contract of their track."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite.contracts import Task
from suite.registry import load_registry
from suite.testing import (
    AnnealingTaskContract,
    BasinTaskContract,
    ContrastiveTaskContract,
    CopyDetectionTaskContract,
    DetectionTaskContract,
    GeneralizationTaskContract,
    KeptDetectionTaskContract,
    MitigationTaskContract,
    QuantizationTaskContract,
    ReplayTaskContract,
    SiBlurryTaskContract,
    TaskDeclarationContract,
)
from suite.testing.reach import arrays
from suite.tracks.memorization.detection.protocol import GuidedDetectionTask
from suite.tracks.memorization.protocol import MitigationTask
from suite.tracks.ood.generalization.protocol import GeneralizationTask
from suite.tracks.quantization.detection.protocol import KeptDetectionTask
from suite.tracks.replay.blurry.protocol import SiBlurryTask
from suite.tracks.temperature.encoder.protocol import ContrastiveTask
from suite.tracks.temperature.protocol import AnnealingTask

TASKS = [entry.value for entry in load_registry().tasks if entry.plugin.distribution == "basin-suite"]
LONG = ("replay/ddpm", "replay/outliers", "ood/digits-shift")
"""They share a protocol with others, and were run by hand: a minute and more of four cells and two preparations."""


def embedded(track: str, kind: type = Task, but: type | None = None) -> pytest.MarkDecorator:
    """Return the mark by which a class checks one embedded task of a kind of a track after the other, ``but`` some."""
    found = [
        task
        for task in TASKS
        if task.id.startswith(f"{track}/")
        and task.tier == "embedded"
        and task.id not in LONG
        and issubclass(task, kind)
        and not (but and issubclass(task, but))
    ]
    return pytest.mark.parametrize("task", found, ids=[task.id for task in found], scope="class")


@pytest.mark.parametrize("task", TASKS, ids=[task.id for task in TASKS], scope="class")
class TestEveryTask(TaskDeclarationContract):
    task: type[Task]


@pytest.mark.slow
@embedded("ood", but=GeneralizationTask)
class TestDetection(DetectionTaskContract):
    pass


@pytest.mark.slow
@embedded("ood", GeneralizationTask)
class TestGeneralization(GeneralizationTaskContract):
    pass


@pytest.mark.slow
@embedded("basins")
class TestBasins(BasinTaskContract):
    pass


@pytest.mark.slow
@embedded("quantization", KeptDetectionTask)
class TestKeptDetection(KeptDetectionTaskContract):
    pass


@pytest.mark.slow
@embedded("quantization", but=KeptDetectionTask)
class TestQuantization(QuantizationTaskContract):
    pass


@pytest.mark.slow
@embedded("replay", but=SiBlurryTask)
class TestReplay(ReplayTaskContract):
    pass


@pytest.mark.slow
@embedded("replay", SiBlurryTask)
class TestSiBlurry(SiBlurryTaskContract):
    pass


@pytest.mark.slow
@embedded("memorization", MitigationTask)
class TestMitigation(MitigationTaskContract):
    pass


@pytest.mark.slow
@embedded("memorization", GuidedDetectionTask)
class TestCopyDetection(CopyDetectionTaskContract):
    pass


@pytest.mark.slow
@embedded("temperature", AnnealingTask)
class TestAnnealing(AnnealingTaskContract):
    pass


@pytest.mark.slow
@embedded("temperature", ContrastiveTask)
class TestContrastive(ContrastiveTaskContract):
    pass


def test_labels_are_found_wherever_a_method_could_read_them() -> None:
    labels = np.arange(20) % 3

    def closed() -> object:
        return labels

    class Slotted:
        __slots__ = ("kept",)

        def __init__(self, kept: object) -> None:
            self.kept = kept

    for given in ({"deep": [(labels,)]}, closed, Slotted(torch.from_numpy(labels)), labels.tolist(), Slotted(closed)):
        assert any(np.array_equal(array, labels) for _, array in arrays(given)), given
    assert not [array for _, array in arrays("text", 3, type(labels), np) if len(array)]

"""Contract tests for authors: derive your test class from the class for your kind of method.

Each class says what to override, at least the fixture ``method``. You inherit the checks. Only this package
needs pytest, and no other module of the suite imports it.
"""

from __future__ import annotations

import pytest

KINDS = (
    "adaptation",
    "basins",
    "generalization",
    "learning_rate",
    "memorization",
    "method",
    "ood",
    "quantization",
    "replay",
    "task",
    "tasks",
    "temperature",
)
pytest.register_assert_rewrite(
    *(f"{__name__}.{kind}" for kind in KINDS)
)  # so that a failed check says what it compared

from suite.testing.adaptation import AdapterContract  # noqa: E402
from suite.testing.basins import BasinDetectorContract  # noqa: E402
from suite.testing.generalization import LearnerContract  # noqa: E402
from suite.testing.learning_rate import ProcedureContract  # noqa: E402
from suite.testing.memorization import MitigationContract, PathDetectorContract  # noqa: E402
from suite.testing.method import DeclarationContract, MethodContract  # noqa: E402
from suite.testing.ood import DetectorContract, TrainedDetectorContract  # noqa: E402
from suite.testing.quantization import QuantizerContract  # noqa: E402
from suite.testing.replay import MemoryRetrievalContract, MemoryUpdateContract, ReplaySelectorContract  # noqa: E402
from suite.testing.task import TaskContract, TaskDeclarationContract  # noqa: E402
from suite.testing.tasks import (  # noqa: E402
    AnnealingTaskContract,
    BasinTaskContract,
    ContrastiveTaskContract,
    CopyDetectionTaskContract,
    DetectionTaskContract,
    GeneralizationTaskContract,
    GenerationsTaskContract,
    GenerationTaskContract,
    KeptDetectionTaskContract,
    MitigationTaskContract,
    QuantizationTaskContract,
    ReplayTaskContract,
    SiBlurryTaskContract,
    SupportTaskContract,
    TrainingTaskContract,
)
from suite.testing.temperature import AnnealerContract  # noqa: E402

__all__ = [
    "AdapterContract",
    "AnnealerContract",
    "AnnealingTaskContract",
    "BasinDetectorContract",
    "BasinTaskContract",
    "ContrastiveTaskContract",
    "CopyDetectionTaskContract",
    "DeclarationContract",
    "DetectionTaskContract",
    "DetectorContract",
    "GeneralizationTaskContract",
    "GenerationTaskContract",
    "GenerationsTaskContract",
    "KeptDetectionTaskContract",
    "LearnerContract",
    "MemoryRetrievalContract",
    "MemoryUpdateContract",
    "MethodContract",
    "MitigationContract",
    "MitigationTaskContract",
    "PathDetectorContract",
    "ProcedureContract",
    "QuantizationTaskContract",
    "QuantizerContract",
    "ReplaySelectorContract",
    "ReplayTaskContract",
    "SiBlurryTaskContract",
    "SupportTaskContract",
    "TaskContract",
    "TaskDeclarationContract",
    "TrainedDetectorContract",
    "TrainingTaskContract",
]

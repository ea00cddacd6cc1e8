"""Every built-in method that trains for shifted data holds its contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from suite.testing import LearnerContract
from suite.tracks.ood import Learner

from ...support.built_in import built_in

LEARNERS = built_in("ood", Learner)
CHANGES: dict[str, dict[str, Any]] = {
    "erm": {"share": 0.4},
    "mixup": {"alpha": 0.2},
    "cutmix": {"alpha": 0.2, "probability": 1.0},
    "group-dro": {"step": 1.0},
    "irm": {"weight": 1.0, "start": 0.0},
    "coral": {"weight": 10.0},
    "sam": {"radius": 0.5},
    "swa": {"share": 0.6, "rate": 1.0},
    "bonsai": {"rounds": 1, "share": 0.2},
    "cbd-gen": {"weight": 10.0, "frequencies": 8, "noise": 1.0, "memory": 0.0},
}
QUICK = ("group-dro",)
"""One is checked in every run; the others are of the slow stage."""
MARKED = [
    pytest.param(method, id=method.name, marks=() if method.name in QUICK else pytest.mark.slow) for method in LEARNERS
]


@pytest.mark.parametrize("method", MARKED, scope="class")
class TestLearners(LearnerContract):
    @pytest.fixture(scope="class", name="changes")
    @classmethod
    def _changes(cls, method: type[Learner]) -> Mapping[str, Any]:
        return CHANGES.get(method.name, {})

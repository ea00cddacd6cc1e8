"""Every built-in method that trains for shifted data holds its contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from suite.testing import LearnerContract
from suite.tracks.ood import Learner

from ...support.built_in import built_in, every

LEARNERS = built_in("ood", Learner)
CHANGES: dict[str, dict[str, Any]] = {}


@every(LEARNERS)
class TestLearners(LearnerContract):
    @pytest.fixture(scope="class", name="changes")
    @classmethod
    def _changes(cls, method: type[Learner]) -> Mapping[str, Any]:
        return CHANGES.get(method.name, {})

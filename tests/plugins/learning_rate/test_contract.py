"""Every built-in method of the track holds its contract, on a short training of a small ConvNet on digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from suite.testing import ProcedureContract

from ...support.built_in import built_in, every

CHANGES: dict[str, dict[str, Any]] = {
    "constant-rate": {},
    "cosine": {"warm_up": 0.3},
    "fine-tuning": {"share": 0.5, "fine": 1e-2},
    "ghost-batch-norm": {"ghosts": 4, "share": 0.5},
    "grid-search": {"candidates": 2, "factor": 100.0, "share": 0.2},
    "sam": {"radius": 0.2, "share": 0.5},
    "schedule-free": {"momentum": 0.5},
    "swa": {"k": 3, "share": 1.0},
    "two-stage": {"factor": 3.0, "first": 0.5, "share": 0.2},
    "warmup-cosine": {"warm_up": 0.3},
    "wsd": {"warm_up": 0.3, "decay": 0.5, "cycles": 2},
    "wsd-s": {"warm_up": 0.3, "decay": 0.5, "cycles": 2},
}


@every(built_in("learning-rate"))
class TestProcedures(ProcedureContract):
    @pytest.fixture(scope="class")
    @classmethod
    def changes(cls, method: type[Any]) -> Mapping[str, Any]:
        return CHANGES[method.name]

"""Every built-in method of the track holds its contract, on two wells on the circle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from suite.testing import AnnealerContract

from ...support.built_in import built_in, every

CHANGES: dict[str, dict[str, Any]] = {
    "fast-quench": {"time": 5.0},
    "feynman-kac": {"walkers": 2, "levels": 5},
    "fixed-cold": {"beta": 4.0},
    "fixed-hot": {"beta": 1.0},
    "geometric-annealing": {"first": 1.0, "last": 4.0},
    "linear-annealing": {"first": 1.0, "last": 4.0},
    "log-annealing": {"factor": 2.0},
    "parallel-tempering": {"rungs": 2, "span": 4.0, "every": 3},
    "thermodynamic-speed": {"rungs": 4, "pilot": 0.3},
}


@every(built_in("temperature"))
class TestAnnealers(AnnealerContract):
    @pytest.fixture(scope="class")
    @classmethod
    def changes(cls, method: type[Any]) -> Mapping[str, Any]:
        return CHANGES[method.name]

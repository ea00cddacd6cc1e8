"""Every built-in method of the track holds its contract, on two wells on the circle or on an encoder of digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from suite.testing import AnnealerContract

from ...support.built_in import built_in, every

CHANGES: dict[str, dict[str, Any]] = {
    "cosine-temperature": {"periods": 2.0},
    "fast-quench": {"time": 5.0},
    "feynman-kac": {"walkers": 2, "levels": 5},
    "fixed-cold": {"beta": 4.0},
    "fixed-hot": {"beta": 1.0},
    "geometric-annealing": {"first": 1.0, "last": 4.0},
    "linear-annealing": {"first": 1.0, "last": 4.0},
    "learned-temperature": {"first": 5.0, "rate": 0.1, "clip": 10.0},
    "log-annealing": {"factor": 2.0},
    "log-to-coldest": {},
    "parallel-tempering": {"rungs": 2, "span": 4.0, "every": 3},
    "thermodynamic-speed": {"rungs": 4, "pilot": 0.3},
}


@every(built_in("temperature"))
class TestAnnealers(AnnealerContract):
    @pytest.fixture(scope="class")
    @classmethod
    def changes(cls, method: type[Any]) -> Mapping[str, Any]:
        return CHANGES[method.name]

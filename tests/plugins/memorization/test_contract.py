"""Every built-in method of the track holds the contract of its kind, on the denoiser of digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from suite.testing import MitigationContract, PathDetectorContract
from suite.tracks.memorization import Mitigation

from ...support.built_in import built_in

METHODS = built_in("memorization")
MITIGATIONS = [method for method in METHODS if issubclass(method, Mitigation) and "attention" not in method.needs]
"""Where there is attention: tests/benchmarks/memorization/test_stable_diffusion.py."""
DETECTORS = [method for method in METHODS if not issubclass(method, Mitigation)]
DESCENT = {"targets": (1.2,), "rate": 0.2, "most": 1}
SHORT = {"targets": (0.8,), "most": 2}
CHANGES: dict[str, dict[str, Any]] = {
    "batchwise-noise": {"radius": 1.0, "moves": ((2.0, 1, 0.0),)},
    "best-of-n": {"candidates": (3,)},
    "dynamic-delay": {"before": 1},
    "embedding-optimisation": DESCENT,
    "guidance-scale": {"parts": (0.25,)},
    "mode-interpolation": {"last": 3},
    "norm-restored": DESCENT,
    "opposite-guidance": {
        "transition": "dynamic",
        "turns": ((1.0, 0.2),),
        "parts": {"parts": (2.0,), "transition": "dynamic"},
    },
    "persample-noise": DESCENT,
    "persample-noise-on-shell": DESCENT,
    "random-tokens": {"added": (3,)},
    "random-turn": DESCENT,
    "static-delay": {"delays": (0.6,)},
}


@pytest.mark.parametrize("method", MITIGATIONS, ids=lambda method: method.name, scope="class")
class TestMitigations(MitigationContract):
    @pytest.fixture(scope="class")
    @classmethod
    def given(cls, method: type[Any]) -> Mapping[str, Any]:
        return SHORT if CHANGES.get(method.name) is DESCENT else {}

    @pytest.fixture(scope="class")
    @classmethod
    def changes(cls, method: type[Any]) -> Mapping[str, Any]:
        return CHANGES.get(method.name, {})


@pytest.mark.parametrize("method", DETECTORS, ids=lambda method: method.name, scope="class")
class TestDetectors(PathDetectorContract):
    @pytest.fixture(scope="class")
    @classmethod
    def changes(cls, method: type[Any]) -> Mapping[str, Any]:
        return CHANGES.get(method.name, {})

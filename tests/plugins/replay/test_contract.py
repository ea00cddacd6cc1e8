"""Every built-in method of the track holds the contract of its role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from suite.testing import MemoryRetrievalContract, MemoryUpdateContract, MethodContract, ReplaySelectorContract
from suite.tracks.replay import Bound, MemoryRetrieval, MemoryUpdate, ReplaySelector

from ...support.built_in import built_in, every

ENERGY = {"beta": 100.0, "space": "pixels", "normalise": True}
CHANGES: dict[str, dict[str, Any]] = {
    "ccs": {"cutoff": 0.6, "strata": 5, "score": "el2n", "class_balanced": True},
    "rainbow": {"times": 2},
    "hopfield-energy": ENERGY,
    "hopfield-energy-balanced": ENERGY,
    "hopfield-energy-bottom": ENERGY,
    "hopfield-energy-weighted": ENERGY,
    "hopfield-energy-stratified": {**ENERGY, "cutoff": 0.4, "strata": 5},
    "dpp": {"beta": 3.0},
    "minority-score": {"noise": 0.9, "draws": 2},
    "gss": {"batches": 2, "size": 3},
    "aser": {"neighbours": 1, "candidates": 10},
    "mir": {"subsample": 20},
}


class Changes:
    @pytest.fixture(scope="class", name="changes")
    @classmethod
    def _changes(cls, method: type[Any]) -> Mapping[str, Any]:
        return CHANGES.get(method.name, {})


@every(built_in("replay", ReplaySelector))
class TestSelectors(Changes, ReplaySelectorContract):
    pass


UPDATES = built_in("replay", MemoryUpdate)
REPEATED = [method for method in UPDATES if method.name in ("dpp-stream", "minority-score-stream")]
"""They do as `hopfield-energy-stream` what costs a second, and share its code."""


@every([method for method in UPDATES if method not in REPEATED])
class TestUpdates(Changes, MemoryUpdateContract):
    pass


@pytest.mark.slow
@every(REPEATED)
class TestRepeatedUpdates(Changes, MemoryUpdateContract):
    pass


@every(built_in("replay", MemoryRetrieval))
class TestRetrievals(Changes, MemoryRetrievalContract):
    pass


@every(built_in("replay", Bound))
class TestBounds:
    """They may have no role, and then are asked nothing."""

    test_it_is_complete = MethodContract.test_it_is_complete
    test_an_unknown_parameter_is_refused = MethodContract.test_an_unknown_parameter_is_refused

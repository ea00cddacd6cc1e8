"""Every built-in method of the track holds its contract, told the number of basins or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from suite.benchmarks.basins.d50 import D50Task
from suite.testing import BasinDetectorContract
from suite.testing.basins import Case
from suite.testing.method import Asked

from ...support.built_in import built_in

METHODS = built_in("basins")


class Cell(NamedTuple):
    """A method, and whether it is told the number of basins."""

    method: type[Any]
    counted: bool


SLOW = ("moment-discrimination", "screened-discrimination")
CELLS = [
    pytest.param(
        Cell(method, counted),
        id=f"{method.name}-{setting['basins']}",
        marks=[pytest.mark.slow] if method.name in SLOW and (counted or not method.tour) else [],
    )
    for method in METHODS
    for setting in D50Task().settings()
    for counted in (setting["basins"] == "counted",)
    if not D50Task().declines(method, setting)
]
NETWORK = {"batch_size": 32, "weight_decay": 1.0, "variance": 1, "memory": 1, "lags": (2,), "means": 1, "products": 0}
SHORT = {name: {"epochs": 3} for name in ("kway-discrimination", *SLOW, "trajectory-discrimination", "vampnet")}
# None: the four wells are found either way.
CHANGES: dict[str, dict[str, Any]] = {
    "c2st-ridge": {"ridge": 10.0, "folds": 2, "threshold": 0.01},
    "gmm": {"components": None, "frames": 32},
    "hdbscan": {"components": 1, "smallest": None, "frames": 32},
    "kmeans": {"restarts": None, "frames": 16},
    "kway-discrimination": {
        **NETWORK,
        **{"hidden": 8, "epochs": 1, "learning_rate": 0.03, "rule": None, "threshold": 0.01, "further": 4, "folds": 2},
    },
    "mmd": {"bandwidth": None},
    "moment-discrimination": {
        **NETWORK,
        **{"hidden": 8, "epochs": 1, "learning_rate": 0.03, "rule": None, "threshold": 0.01, "folds": 3},
        **{"orders": (2,), "moments": 2, "above": 1e9, "products": 1, "memory": 2},
    },
    "msm-pcca": {"microstates": 2, "lag": None},
    "random": {"groups": 5},
    "screened-discrimination": {
        **NETWORK,
        **{"hidden": 8, "epochs": 1, "learning_rate": 0.03, "rule": None, "threshold": 0.01, "folds": 3},
        **{"orders": (2,), "moments": 2, "above": 1e9, "memory": 0, "times": 1.01, "shuffles": None, "agreement": 0.99},
    },
    "spectral": {"neighbours": 3, "frames": 32, "restarts": None},
    "tica-msm-pcca": {"microstates": 5, "lag": None, "components": None},
    "trajectory-discrimination": {
        **NETWORK,
        **{"hidden": 4, "epochs": 1, "learning_rate": 0.3, "threshold": 0.01, "inputs": "raw", "folds": 2},
    },
    "vampnet": {"lag": 15, "epochs": 1, "batch": 16, "width": 4, "rate": 0.1},
}


STAND_STILL = {
    "mmd": "distances of states that stand still differ from their transpose by rounding, and SciPy refuses them",
    "tica-msm-pcca": "the covariance of states that stand still is zero, and SciPy cannot factor it",
    "vampnet": "the covariance of states that stand still is zero, and torch cannot factor it",
}
"""Errors from deep inside, which their next versions mend: a change of the source now would set aside what was run."""


@pytest.mark.parametrize("cell", CELLS, scope="class")
class TestBuiltIn(BasinDetectorContract):
    @pytest.fixture(scope="class", name="method")
    @classmethod
    def _method(cls, cell: Cell) -> type[Any]:
        return cell.method

    @pytest.fixture(scope="class")
    @classmethod
    def counted(cls, cell: Cell) -> bool:
        return cell.counted

    @pytest.fixture(scope="class", name="given")
    @classmethod
    def _given(cls, method: type[Any]) -> Mapping[str, Any]:
        return SHORT.get(method.name, {})

    @pytest.fixture(scope="class", name="changes")
    @classmethod
    def _changes(cls, cell: Cell) -> Mapping[str, Any]:
        changes = CHANGES.get(cell.method.name, {})
        told_too = cell.counted and "count" not in cell.method.needs  # then cut rules and thresholds do nothing
        return dict.fromkeys(changes) if told_too else changes

    def test_burn_in_is_no_evidence(
        self, method: type[Any], given: Mapping[str, Any], inputs: Case, asked: Asked
    ) -> None:
        """What trajectories did before they forgot their start changes no answer, unless transitions are counted."""
        if "msm" in method.name or method.name == "vampnet":
            pytest.skip("transitions during burn-in count")
        other = inputs.trajectories.clone()
        other[:, :, :6] = asked.answer[0].new_tensor(range(16))[:, None, None, None].float()
        assert inputs.found(method(**given), other).tolist() == asked.answer[0].tolist()

    def test_unusual_trajectories_are_answered_or_refused(
        self, method: type[Any], given: Mapping[str, Any], inputs: Case, request: pytest.FixtureRequest
    ) -> None:
        """As every method, but for what three do with states that stand still."""
        if method.name in STAND_STILL:
            request.applymarker(pytest.mark.xfail(reason=STAND_STILL[method.name], strict=True))
        super().test_unusual_trajectories_are_answered_or_refused(method, given, inputs)


def test_what_can_be_told_the_number_is_measured_under_both_settings() -> None:
    settings: dict[str, list[bool]] = {}
    for cell in CELLS:
        method, counted = cell.values[0]
        if method.name not in ("one-basin", "random"):
            settings.setdefault(method.name, []).append(bool(counted))
    assert settings.pop("hdbscan") == [False]  # it finds the number itself
    assert settings.pop("vampnet", [True]) == [True]  # it must be told
    assert len(settings) == 13
    assert set(map(tuple, settings.values())) == {(False, True)}

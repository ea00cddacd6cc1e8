"""Tuning: on validation data alone, and what it keeps."""

from __future__ import annotations

from typing import Any

import pytest

from suite.benchmarks.ood.digits import DigitsTask
from suite.contracts import Resources, TaskContext
from suite.errors import SuiteError
from suite.models.features import extract
from suite.plugins.ood.knn import KNN
from suite.registry import load_registry
from suite.tracks.ood import Detector, TrainedDetector
from suite.tracks.ood.metrics import auroc
from suite.tracks.ood.splits import Splits

SHORT: dict[str, dict[str, Any]] = {"hvcm": {}, "invad": {"updates": 50, "width": 32}}
"""Those that train for each point of a grid; a few updates of a small network show that it matters."""
METHODS = [
    pytest.param(entry.value, id=entry.value.name, marks=[pytest.mark.slow] if entry.value.name in SHORT else [])
    for entry in load_registry().methods_of("ood")
    if entry.value.grid and issubclass(entry.value, Detector | TrainedDetector)
]


@pytest.fixture
def context(resources: Resources) -> TaskContext:
    return TaskContext(0, resources)


def test_the_best_point_on_validation_is_chosen(context: TaskContext) -> None:
    task, resources = DigitsTask(), context.resources
    found = task.tune(KNN, {}, {"k": [50, 1, 5, 1000]}, context)
    values = {trial.parameters["k"]: trial.value for trial in found.trials}
    assert found.chosen == {"k": max((1, 5, 50), key=lambda k: values[k] or 0.0)}
    assert found.value == max(value for value in values.values() if value is not None)
    failed = found.trials[-1]
    assert failed.value is None
    assert failed.error == "k = 1000 is more than the 500 training samples"

    splits, model = task.splits(0, resources), task.model(0)
    (outside,) = splits.validation_ood.values()
    train, inside, outside_seen = (extract(model, s, resources) for s in (splits.train, splits.validation, outside))
    unit = {id(each): each["features"] / each["features"].norm(dim=1, keepdim=True) for each in (train, inside)}
    scores = [
        -(2 - 2 * (features @ unit[id(train)].T).amax(dim=1)).clamp(min=0).sqrt().numpy()
        for features in (unit[id(inside)], outside_seen["features"] / outside_seen["features"].norm(dim=1)[:, None])
    ]
    assert values[1] == pytest.approx(auroc(*scores), abs=1e-4)


def test_no_test_sample_can_be_reached(context: TaskContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """With test splits that cannot be opened, tuning goes on as before; with another validation split it does not."""
    task = DigitsTask()
    expected = task.tune(KNN, {}, {"k": [1, 50]}, context)
    splits = task.splits(0, context.resources)

    class Closed:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"tuning asked for {name} of a test split")

    closed: Any = Closed()
    shut = Splits(**vars(splits.development), test=closed, near={"left-out-digits": closed}, far={"noise": closed})
    monkeypatch.setattr(task, "splits", lambda seed, resources: shut)
    assert task.tune(KNN, {}, {"k": [1, 50]}, context) == expected
    assert not hasattr(shut.development, "test")


def test_the_first_of_equal_points_wins(context: TaskContext) -> None:
    found = DigitsTask().tune(KNN, {}, {"k": [7, 7]}, context)
    assert found.trials[0] == found.trials[1]
    assert found.chosen == {"k": 7}


def test_a_method_that_fails_everywhere_is_an_error(context: TaskContext) -> None:
    with pytest.raises(
        SuiteError, match=r"knn fails with all values of its grid\. The first error is: k = 600 is more than"
    ):
        DigitsTask().tune(KNN, {}, {"k": [600, 700]}, context)


def test_without_validation_data_there_is_no_tuning(context: TaskContext, monkeypatch: pytest.MonkeyPatch) -> None:
    task = DigitsTask()
    splits = task.splits(0, context.resources)
    bare = Splits(**{**vars(splits), "validation_ood": {}})
    monkeypatch.setattr(task, "splits", lambda seed, resources: bare)
    with pytest.raises(SuiteError, match="ood/digits has no OOD validation data for tuning"):
        task.tune(KNN, {}, {"k": [1, 50]}, context)


@pytest.mark.parametrize("method", METHODS)
def test_a_grid_changes_the_scores(method: Any, context: TaskContext) -> None:
    """A point that changes nothing would be a grid for show, as DICE's and NNGuide's are in OpenOOD."""
    for name, values in method.grid.items():
        fixed = {key: value for key, value in SHORT.get(method.name, {}).items() if key != name}
        found = DigitsTask().tune(method, fixed, {name: values}, context)
        assert method().parameters.model_dump()[name] == values[0], "the default comes first"
        if (method.name, name) == ("gen", "top"):
            continue  # six classes are fewer than any M; test_methods changes M where it matters
        assert len({round(trial.value, 9) for trial in found.trials if trial.value is not None}) > 1, name

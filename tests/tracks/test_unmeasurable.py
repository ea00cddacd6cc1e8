"""Data and landscapes on which nothing can be measured are refused before anything is trained, in every track."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from suite.benchmarks.data_sets import DIGITS
from suite.contracts import Resources, Task, TaskContext
from suite.data.split import Split
from suite.errors import SuiteError
from suite.registry import load_registry
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.settings import load_settings

from ..support.silent import Silent


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    from sklearn.datasets import load_digits

    return np.asarray(load_digits().target)


def made(name: str, **changes: Any) -> Task:
    """Return a built-in task of which some attributes are others."""
    task = load_registry().tasks[name]
    return type(task.__name__, (task,), changes)()


def rows(*labels: int) -> Callable[[np.ndarray], Split]:
    return lambda known: Split(DIGITS, np.flatnonzero(np.isin(known, labels)))


ALL, SEVENS, NONE = rows(*range(10)), rows(7), rows(99)
STRANGE: Callable[[np.ndarray], Split] = lambda known: Split(DIGITS, np.arange(20), np.arange(20))  # noqa: E731


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ((ALL, ALL, NONE), "the test split of digits has no image"),
        ((NONE, ALL, ALL), "the training split of digits has no image"),
        ((ALL, ALL, SEVENS), "the test split of digits has images of 1 classes"),
        ((SEVENS, ALL, ALL), "the training split of digits has images of 1 classes"),
        ((STRANGE, ALL, ALL), "the training split of digits has label 10 at place 10, of 10 classes"),
    ],
)
def test_training_at_a_rate(parts: tuple[Any, ...], why: str, labels: np.ndarray, resources: Resources) -> None:
    splits = tuple(part(labels) for part in parts)
    task = made("learning-rate/digits-si", parts=lambda self, resources: splits)
    with pytest.raises(SuiteError, match=why):
        task.check(TaskContext(0, resources))


@pytest.mark.parametrize(("test", "why"), [(NONE, "no image"), (SEVENS, "of 1 classes"), (STRANGE, "label 10")])
def test_quantizing(test: Any, why: str, labels: np.ndarray, resources: Resources) -> None:
    task = made("quantization/digits-vit", test=lambda self, resources: test(labels))
    with pytest.raises(SuiteError, match=f"the test split of digits has .*{why}"):
        task.check(TaskContext(0, resources))


@pytest.mark.parametrize(("train", "why"), [(1797, "test split of digits has no image"), (0, "training split")])
def test_training_an_encoder(train: int, why: str, resources: Resources) -> None:
    with pytest.raises(SuiteError, match=why):
        made("temperature/contrastive-digits", train=train).check(TaskContext(0, resources))


def test_an_encoder_of_one_class(labels: np.ndarray, resources: Resources) -> None:
    task = made("temperature/contrastive-digits", parts=lambda self, context: (ALL(labels), SEVENS(labels)))
    with pytest.raises(SuiteError, match="the test split of digits has images of 1 classes"):
        task.check(TaskContext(0, resources))


CIRCLE = type(load_registry().tasks["temperature/circle"].landscape)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"inside": lambda self, states: np.ones(states.shape[-1], bool)}, "walkers start in a global well"),
        ({"barrier": 0.0}, "the barrier is 0"),
        ({"energy": lambda self, states: np.full(states.shape[-1], np.inf)}, "is not finite"),
    ],
)
def test_annealing(changes: dict[str, Any], why: str, resources: Resources) -> None:
    flat = type("Flat", (CIRCLE,), changes)
    with pytest.raises(SuiteError, match=why) as error:
        made("temperature/circle", landscape=flat()).check(TaskContext(0, resources))
    assert error.value.next == "correct the landscape: suite tasks show temperature/circle"


def test_annealing_without_time(resources: Resources) -> None:
    with pytest.raises(SuiteError, match="the budget of a run is no step"):
        made("temperature/circle", eta=1e6).check(TaskContext(0, resources))


class _Grouped:
    kind, name, optional = "data", "grouped", False

    def __init__(self, labels: list[int]) -> None:
        self.labels = labels

    def arrays(self, resources: Resources) -> dict[str, torch.Tensor]:
        return {"labels": torch.tensor(self.labels)}


@pytest.mark.parametrize("labels", [[0, 0, 0], [2, 0, 1]])
def test_finding_basins(labels: list[int], resources: Resources) -> None:
    alone, grouped = _Grouped(labels), _Grouped([0, 0, 1])
    with pytest.raises(SuiteError, match="grouped cannot be grouped"):
        made("basins/d50", requires=lambda self, seed: (alone,)).check(TaskContext(0, resources))
    made("basins/d50", requires=lambda self, seed: (alone, grouped)).check(TaskContext(0, resources))


BUILT_IN = [
    "basins/d50",
    "basins/markov",
    "basins/proposals",
    "learning-rate/digits-si",
    "learning-rate/stability",
    "quantization/digits-vit",
    "temperature/contrastive-digits",
    "temperature/circle",
    "temperature/sphere",
    "temperature/infonce-planted",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILT_IN)
def test_what_comes_with_the_suite_can_be_measured(name: str, resources: Resources) -> None:
    for seed in load_registry().tasks[name].seeds[:2]:
        made(name).check(TaskContext(seed, resources))


def test_a_task_with_nothing_to_prepare_is_checked_before_its_cells_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, settings = load_registry(), load_settings(home=tmp_path, workers=1, published=False)
    monkeypatch.setattr(registry.tasks["temperature/circle"], "eta", 1e6)
    request = Request(("temperature/circle",), ("fixed-cold",), (0,))
    summary = Runner(registry, settings, Silent(), "inline").run(request)
    assert summary.states == {}, "no method is blamed"
    assert "the budget of a run is no step" in summary.errors[0]

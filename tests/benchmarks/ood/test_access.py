"""Every task with every method: what a task lacks by its nature is declined, with the reason, before a run starts."""

from __future__ import annotations

from typing import Any

import pytest

from suite.contracts import Resources
from suite.registry import load_registry
from suite.tracks.ood import Detector, TrainedDetector
from suite.tracks.ood.generalization.protocol import GeneralizationTask
from suite.tracks.ood.task import DetectionTask

REGISTRY = load_registry()
OOD = [entry.value for entry in REGISTRY.tasks if entry.name.startswith("ood/")]
TASKS = [task for task in OOD if issubclass(task, DetectionTask)]
SHIFTING = [task for task in OOD if issubclass(task, GeneralizationTask)]
EVERY = [entry.value for entry in REGISTRY.methods_of("ood")]
METHODS = [method for method in EVERY if issubclass(method, Detector | TrainedDetector)]
PRETRAINED = {"ood/imagenet", "ood/imagenet-vit-b16"}
every_task = pytest.mark.parametrize("task", TASKS, ids=[task.id for task in TASKS])


@every_task
def test_methods_that_train_are_declined_where_there_is_no_recipe(task: Any) -> None:
    reasons = {method: task().declines(method, task().setting({})) for method in METHODS}
    declined = {method: reason for method, reason in reasons.items() if reason}
    trained = [method for method in METHODS if issubclass(method, TrainedDetector)]
    assert set(declined) == set(trained if task.id in PRETRAINED else [])
    for method, reason in declined.items():
        lacking = "no outliers and no training data" if "outliers" in method.needs else "no training data"
        assert reason == f"it gives {lacking}"


@every_task
def test_training_data_are_given_where_there_is_a_recipe(task: Any) -> None:
    assert ("training data" in task.gives) == (task().model(task.seeds[0]).recipe is not None)


@pytest.mark.parametrize("task", [task for task in TASKS if task.tier == "embedded"], ids=lambda task: task.id)
def test_outliers_are_given_where_there_are_some(task: Any, resources: Resources) -> None:
    assert ("outliers" in task.gives) == bool(task().development(0, resources).outliers)


def test_a_method_is_measured_by_the_tasks_of_its_half() -> None:
    for task in OOD:
        taken = {method for method in EVERY if not task().declines(method, task().setting({}))}
        assert taken, task.id
        assert taken <= set(METHODS) if task in TASKS else taken.isdisjoint(METHODS)
    assert set(TASKS) | set(SHIFTING) == set(OOD)


def test_training_methods_are_ranked_apart_and_run_on_request() -> None:
    track = REGISTRY.tracks["ood"]
    assert track.on_request == {"training data"} < track.privileges
    assert {method.name for method in METHODS if method.needs & track.privileges} == {
        method.name for method in METHODS if issubclass(method, TrainedDetector)
    }

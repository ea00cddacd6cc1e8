"""CIFAR-10 from the local mirror, by both networks at a tiny size: the loading path, and a few updates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from suite.benchmarks.learning_rate.cifar10_si import CIFAR10SITask
from suite.benchmarks.learning_rate.cifar10_si_resnet18 import CIFAR10ResNet18SITask
from suite.cache import Cache
from suite.contracts import Column, Resources, TaskContext
from suite.registry import load_registry
from suite.settings import Settings
from suite.tracks.learning_rate.network import ConvNet, ResNet18

pytestmark = pytest.mark.mirror
NETWORKS = {CIFAR10SITask: ConvNet(3, 2, 4, 10), CIFAR10ResNet18SITask: ResNet18(3, 2, 10)}


@pytest.mark.parametrize("task", NETWORKS)
def test_a_few_updates_on_some_images(task: type[Any], mirrored: Settings) -> None:
    resources, whole = Resources(mirrored, Cache(mirrored.cache_folder)), task()
    train, validation, test = whole.parts(resources)
    assert [len(split.rows(resources)) for split in (train, validation, test)] == [45000, 5000, 10000]
    assert not np.intersect1d(train.rows(resources), validation.rows(resources)).size

    class Tiny(task):  # type: ignore[misc] # a parameter
        id = f"{task.id}-tiny"
        network, updates, batch, rates = NETWORKS[task], 12, 32, (1e-3, 1e-2)

        def parts(self, resources: Resources) -> Any:
            return tuple(split.part(np.arange(96), resources) for split in (train, validation, test))

    context = TaskContext(0, resources)
    problem = Tiny().problem(context)
    assert problem.test.inputs.shape == (96, 3, 32, 32)
    assert torch.allclose(problem.start.norm(dim=1), torch.tensor(28.0))
    found = Tiny().evaluate(load_registry().methods["learning-rate/ghost-batch-norm"](), context)
    assert len(found.samples.right) == 96
    assert found.samples.value(Column(metric="updates_spent", subset="all-rates")).value == 12
    assert found.facts["accuracy by feature"].count(":") == 4

"""replay/ddpm-distant-cifar10: its parts, all in one range, and a network that takes them."""

from __future__ import annotations

import pytest
import torch

from suite.benchmarks.replay.ddpm_distant_cifar10 import IMAGES, VEHICLE, DistantCIFAR10Task
from suite.cache import Cache
from suite.contracts import Resources, TaskContext
from suite.settings import Settings


@pytest.mark.mirror
def test_its_parts_are_of_one_size_and_range(mirrored: Settings) -> None:
    course = DistantCIFAR10Task().course(TaskContext(0, Resources(mirrored, Cache(mirrored.cache_folder))))
    labels = [set(part.labels.tolist()) for part in course.candidates]
    assert labels[0] == {VEHICLE}
    assert [len(part) for part in labels[1:]] == [5, 5]
    assert labels[1] | labels[2] == set(range(10))
    for images in course.inputs:
        assert images.shape == (IMAGES, 3, 32, 32)
        assert -1 <= images.min() < -0.9 < 0.9 < images.max() <= 1
    network = DistantCIFAR10Task().diffusion().network(0, course.resources)
    with torch.no_grad():
        assert network(course.inputs[1][:2], torch.tensor([5, 5])).shape == (2, 3, 32, 32)
    for zero, one in zip(*(DistantCIFAR10Task().parts(seed, course.resources) for seed in (0, 1)), strict=True):
        assert set(zero.split.rows(course.resources)) != set(one.split.rows(course.resources))

"""The split tasks: their streams on real digits, and those of the hub on small stand-ins or the mirror."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from suite.benchmarks.replay.outliers import OutliersTask
from suite.benchmarks.replay.split_cifar10 import SplitCIFAR10Task
from suite.benchmarks.replay.split_cifar100 import SplitCIFAR100Task
from suite.benchmarks.replay.split_digits import SplitDigitsTask
from suite.benchmarks.replay.split_mnist import SplitMNISTTask
from suite.cache import Cache
from suite.contracts import Missing, Outcome, Resources, Setting, Task, TaskContext
from suite.contracts.samples import stored_table
from suite.plugins.replay.loss_high import LossHigh
from suite.plugins.replay.no_replay import NoReplay
from suite.plugins.replay.random import Random
from suite.plugins.replay.reservoir import Reservoir
from suite.run.scoring import scores_of
from suite.settings import Settings, load_settings
from suite.tracks.replay.stream.protocol import SplitTask
from suite.tracks.replay.stream.training import Training

SETTINGS = [Setting({"scenario": s, "passes": p}) for p in ("online", "offline") for s in ("class", "domain")]


def values(task: Task, outcome: Outcome) -> dict[tuple[str, str], float]:
    return {(score.metric, score.subset): score.value for score in scores_of(task, outcome.samples)}


def test_the_stream_of_digits(resources: Resources) -> None:
    task, context = SplitDigitsTask(), TaskContext(1, resources)
    stream = task.stream(context)
    order = task.class_order(context)
    assert sorted(label for part in order for label in part) == list(range(10))
    assert [sorted(set(each.samples.labels.tolist())) for each in stream] == [sorted(part) for part in order]
    assert sum(len(each.samples) for each in stream) == 1197
    assert sum(len(each.labels) for each in stream) == 600
    train, test = (set(split(resources).rows(resources).tolist()) for split in (task.train, task.test))
    assert not train & test
    assert order != task.class_order(TaskContext(2, resources))


def test_one_cell_of_digits(resources: Resources) -> None:
    task = SplitDigitsTask()
    outcome = task.evaluate(Random(), TaskContext(0, resources))
    found = values(task, outcome)
    assert found["accuracy", "all"] == pytest.approx(np.mean([found["accuracy", f"task-{j}"] for j in range(1, 6)]))
    assert found["accuracy", "all"] > 0.75
    assert found["min_accuracy", "all"] < found["accuracy", "all"] - 0.1  # the stability gap is there
    assert found["buffer_bytes", "all"] == 50 * 72
    assert found["extra_forward_passes", "all"] == 0
    assert found["buffer_bytes", "all"] <= 3600
    assert scores_of(task, task.samples.read(stored_table(outcome.samples))) == scores_of(task, outcome.samples)
    assert {subset for _, subset in found} == set(task.subsets)
    assert {metric for metric, _ in found} == {metric.name for metric in task.metrics}
    lower = values(task, task.evaluate(NoReplay(), TaskContext(0, resources)))
    assert lower["accuracy", "all"] < 0.3
    assert len(outcome.samples.pictures("all")) == 2


@pytest.mark.slow
def test_hard_samples_are_the_wrong_ones(resources: Resources) -> None:
    task, context = OutliersTask(), TaskContext(0, resources)
    plain, hard = (values(task, task.evaluate(method(), context)) for method in (Random, LossHigh))
    assert plain["buffer_label_noise", "all"] == pytest.approx(0.2, abs=0.15)
    assert hard["buffer_label_noise", "all"] > 0.5
    assert hard["accuracy", "all"] < plain["accuracy", "all"] - 0.2
    stream = task.stream(context)
    clean = SplitDigitsTask().stream(context)
    wrong = [(a.samples.labels != b.samples.labels).double().mean() for a, b in zip(stream, clean, strict=True)]
    assert np.allclose(wrong, 0.2, atol=0.01)
    assert all(torch.equal(a.labels, b.labels) for a, b in zip(stream, clean, strict=True))  # tests are clean


@pytest.fixture
def small_cifars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_images: Callable[..., None]) -> Resources:
    """CIFAR-10 and CIFAR-100 of 12 and 3 random images a class, laid out as the mirror has them."""
    rng = np.random.default_rng(0)
    for name, folder, classes, label in (
        ("cifar10", "plain_text", 10, "label"),
        ("cifar100", "cifar100", 100, "fine_label"),
    ):
        for split, each in (("train", 120 // (classes // 10)), ("test", 30 // (classes // 10))):
            labels = np.repeat(np.arange(classes), each)
            images = rng.integers(256, size=(len(labels), 32, 32, 3)).astype(np.uint8)
            write_images(
                tmp_path / "uoft-cs" / name / folder / f"{split}-00000-of-00001.parquet", images, labels, ("img", label)
            )
    monkeypatch.setenv("SUITE_DATA", str(tmp_path))
    settings = load_settings()
    return Resources(settings, Cache(settings.cache_folder))


@pytest.mark.parametrize(
    ("task", "setting"),
    [
        *((SplitCIFAR10Task, setting) for setting in SETTINGS),
        pytest.param(SplitCIFAR100Task, Setting(), marks=pytest.mark.slow),
    ],
    ids=lambda part: part.id if isinstance(part, type) else str(part),
)
def test_the_cifars(
    task: type[SplitCIFAR10Task], setting: Setting, small_cifars: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Short(task):
        per_task = 20

        def training(self, setting: Setting) -> Training:
            return replace(super().training(setting), epochs=1)

    each, context = Short(), TaskContext(0, small_cifars, setting)
    stream = each.stream(context)
    assert len(stream) == task.splits
    assert all(len(part.samples) <= 20 for part in stream)
    labels = {label for part in stream for label in part.samples.labels.tolist()}
    expected = set(range(each.heads(setting)))
    assert len(expected) == (2 if setting.get("scenario") == "domain" else task.classes)
    assert labels <= expected
    assert len(labels) > 0.9 * len(expected)
    found = values(each, each.evaluate(Reservoir(), context))
    assert {subset for _, subset in found} == set(task.subsets)
    assert found["buffer_bytes", "all"] <= task.per_class * task.classes * (32 * 32 * 3 + 8)


def test_settings_share_the_order_of_classes_and_samples(small_cifars: Resources) -> None:
    """Streams of randomness are keyed by the seed alone, so that settings are paired."""
    task = SplitCIFAR10Task()
    streams = [task.stream(TaskContext(3, small_cifars, setting)) for setting in SETTINGS]
    for parts in zip(*streams, strict=True):
        assert len({tuple(part.samples.rows.tolist()) for part in parts}) == 1


def test_what_is_not_at_hand_is_missing(resources: Resources) -> None:
    for task in (SplitCIFAR100Task(), SplitCIFAR10Task(), SplitMNISTTask()):
        with pytest.raises(Missing):
            [each.known_fingerprint(resources) for each in task.requires(0)]


@pytest.mark.mirror
@pytest.mark.parametrize("scenario", ["class", "domain"])
def test_mnist_of_the_mirror(scenario: str, mirrored: Settings) -> None:
    task, resources = SplitMNISTTask(), Resources(mirrored, Cache(mirrored.cache_folder))
    context = TaskContext(0, resources, task.setting({"scenario": scenario}))
    found = values(task, task.evaluate(Reservoir(), context))
    assert found["accuracy", "all"] > 0.6
    assert found["learning_accuracy", "all"] > 0.9
    assert found["buffer_bytes", "all"] <= 200 * (28 * 28 + 8)


@pytest.mark.parametrize("task", [SplitMNISTTask, SplitCIFAR10Task], ids=lambda task: task.id)
def test_settings_are_what_the_former_tasks_were(task: type[SplitTask]) -> None:
    assert set(task().settings()) == set(SETTINGS)
    trainings = [task().training(setting) for setting in SETTINGS]
    assert [training.epochs > 1 for training in trainings] == [False, False, True, True]
    assert [training.architecture.arguments["classes"] for training in trainings] == [10, 2, 10, 2]
    assert task().setting({}) == SETTINGS[0]
    suffixes = ("-domain", "-offline", "-domain-offline")
    former = [task().setting(task.formerly[task.id + suffix]) for suffix in suffixes]
    assert former == SETTINGS[1:]
    assert SplitCIFAR100Task.formerly == {}
    assert SplitCIFAR100Task().settings() == (Setting(),)

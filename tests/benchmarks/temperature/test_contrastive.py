"""Digits without labels: training is worth much, and where methods are declined they are told why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from suite.benchmarks.temperature.contrastive_digits import ContrastiveDigitsTask
from suite.contracts import Column, Outcome, Resources, TaskContext
from suite.plugins.temperature.learned_temperature import LearnedTemperature
from suite.registry import load_registry
from suite.tracks.temperature import Annealer
from suite.tracks.temperature.encoder.metrics import TEST

REGISTRY = load_registry()


def outcome(task: Any, name: str, resources: Resources, seed: int = 0, **setting: str) -> Outcome:
    method = REGISTRY.methods[f"temperature/{name}"]()
    found: Outcome = task.evaluate(method, TaskContext(seed, resources, task.setting(setting)))
    return found


def value(found: Outcome, metric: str) -> float:
    score = found.samples.value(Column(metric=metric, subset=TEST))
    assert score is not None
    return score.value


def untrained(found: Outcome) -> float:
    return float(found.facts["probe of the untrained encoder"].removesuffix(" %")) / 100


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_a_trained_encoder_is_far_above_an_untrained_one(seed: int, resources: Resources) -> None:
    cold = outcome(ContrastiveDigitsTask(), "linear-annealing", resources, seed)
    assert value(cold, "probe_accuracy") > 0.94
    assert 1 - value(cold, "probe_accuracy") < (1 - untrained(cold)) / 3  # of the errors, not a third is left
    assert value(cold, "knn_accuracy") > 0.92
    assert value(cold, "few_label_accuracy") > 0.8
    assert value(cold, "uniformity") < -1.5


def test_a_quarter_of_the_updates_is_worth_something_too(resources: Resources) -> None:
    few = ContrastiveDigitsTask()
    few.training = replace(few.training, updates=50, batch=120)
    found = outcome(few, "linear-annealing", resources)
    assert value(found, "probe_accuracy") > untrained(found) + 0.05
    assert value(found, "evaluations_spent") == 50
    samples: Any = found.samples
    assert len(samples.label) == 597


@pytest.mark.parametrize("objective", ["infonce", "infoloob"])
def test_a_learned_temperature_moves_and_stops_at_its_clip(objective: str, resources: Resources) -> None:
    few = ContrastiveDigitsTask()
    few.training = replace(few.training, updates=30, batch=60)
    context = TaskContext(0, resources, few.setting({"objective": objective}))
    walkers = few.walkers(context)
    LearnedTemperature(first=5.0, rate=0.05, clip=8.0).anneal(walkers, few.told(context))
    betas = np.array(walkers.record.betas)
    assert betas[0] == pytest.approx(5)
    assert betas.max() <= 8 + 1e-9
    assert walkers.left == 0
    assert np.ptp(betas) > 0.5


def test_who_has_nothing_to_go_by_is_declined() -> None:
    task = ContrastiveDigitsTask()
    for name, why in {
        "log-annealing": "no barrier",
        "parallel-tempering": "no law of energies",
        "feynman-kac": "no law of energies",
        "thermodynamic-speed": "no law of energies",
        "learned-temperature": "",
        "cosine-temperature": "",
        "linear-annealing": "",
    }.items():
        assert why in task.declines(REGISTRY.methods[f"temperature/{name}"], task.setting({}))
    circle = REGISTRY.tasks["temperature/circle"]()
    assert "no loss" in circle.declines(LearnedTemperature, circle.setting({}))


def test_an_idle_method_fails(resources: Resources) -> None:
    class Idle(Annealer):
        name, version = "idle", "1"

        def anneal(self, walkers, context) -> None:
            pass

    task = ContrastiveDigitsTask()
    with pytest.raises(ValueError, match="makes no step"):
        task.evaluate(Idle(), TaskContext(0, resources, task.setting({})))

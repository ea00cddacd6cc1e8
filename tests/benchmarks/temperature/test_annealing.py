"""The tasks by simulation: section 5's table of our notes, and the exact line beside every share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from suite.benchmarks.temperature.circle import CircleTask
from suite.benchmarks.temperature.infonce_planted import InfoNCEPlantedTask
from suite.benchmarks.temperature.sphere import SphereTask
from suite.contracts import Column, Outcome, Resources, TaskContext
from suite.plugins.temperature.log_annealing import RECONSTRUCTION, LogAnnealing
from suite.registry import load_registry
from suite.tracks.temperature import Annealer
from suite.tracks.temperature.metrics import END, SUBSETS

from ...tracks.temperature.table import LOW, METHODS, SHARES

REGISTRY = load_registry()


def outcome(task: Any, name: str, resources: Resources, parameters: dict[str, float], **setting: str) -> Outcome:
    method = REGISTRY.methods[f"temperature/{name}"](**parameters)
    found: Outcome = task.evaluate(method, TaskContext(0, resources, task.setting(setting)))
    return found


def value(found: Outcome, metric: str, subset: str = END) -> float:
    score = found.samples.value(Column(metric=metric, subset=subset))
    assert score is not None
    return score.value


@pytest.mark.slow
@pytest.mark.parametrize("name", METHODS)
def test_the_table_is_reproduced_by_the_task(name: str, resources: Resources) -> None:
    method, parameters = METHODS[name]
    found = outcome(CircleTask(), method, resources, parameters)
    for subset, expected in zip(reversed(SUBSETS), SHARES[name], strict=True):
        share = value(found, "share_in_global_well", subset)
        assert share == pytest.approx(expected, abs=0.03)
        assert share == pytest.approx(value(found, "exact_share", subset), abs=0.032)  # four standard errors
    assert value(found, "share_near_minimum") == pytest.approx(LOW[name], abs=0.03)


@pytest.mark.parametrize("task", [CircleTask, SphereTask])
@pytest.mark.parametrize("name", ["log-annealing", "thermodynamic-speed"])
def test_the_exact_line_runs_through_the_shares(task: type[Any], name: str, resources: Resources) -> None:
    few = task()
    few.runs, few.eta = 1000, 0.04
    found = outcome(few, name, resources, {}, budget="t25")
    samples: Any = found.samples
    means, exact = samples.trace.mean(axis=0), np.array(samples.exact[0])
    error = np.sqrt(exact * (1 - exact) / few.runs) + 1e-3
    assert (np.abs(means - exact) < 4.5 * error).all()
    assert float(found.facts["exact share in the global well"]) == pytest.approx(exact[-1], abs=1e-6)
    curve, betas = samples.pictures(END)
    assert "exact share at the end" in curve.description
    assert len(betas.spec["data"]["values"]) == len(exact) - 1


@pytest.mark.parametrize("name", ["parallel-tempering", "feynman-kac"])
def test_methods_with_several_walkers_spend_no_more_and_have_no_exact_line(name: str, resources: Resources) -> None:
    few = CircleTask()
    few.runs, few.eta = 100, 0.05
    found = outcome(few, name, resources, {}, budget="t25")
    assert 450 <= value(found, "evaluations_spent") <= 500
    assert found.samples.value(Column(metric="exact_share", subset=END)) is None
    assert "There is no exact line" in found.samples.pictures(END)[0].description


@pytest.mark.parametrize("annealed", ["noise-only", "loss-only", "noise-and-loss"])
def test_each_way_to_anneal_infonce_is_a_setting(annealed: str, resources: Resources) -> None:
    few = InfoNCEPlantedTask()
    few.runs, few.horizon = 16, 20.0
    found = outcome(few, "linear-annealing", resources, {}, annealed=annealed)
    assert value(found, "evaluations_spent") == 100
    assert found.facts["barrier"] == "0.49102"


def test_a_method_that_asks_for_too_much_or_nothing_fails(resources: Resources) -> None:
    class Greedy(Annealer):
        name, version = "greedy", "1"

        def anneal(self, walkers, context) -> None:
            walkers.walk(np.ones(context.steps + 1))

    class Idle(Greedy):
        def anneal(self, walkers, context) -> None:
            pass

    task = CircleTask()
    task.runs = 4
    context = TaskContext(0, resources, task.setting({"budget": "t25"}))
    with pytest.raises(ValueError, match=r"2501 evaluations a run\. Only 2500 are left"):
        task.evaluate(Greedy(), context)
    with pytest.raises(ValueError, match="makes no step"):
        task.evaluate(Idle(), context)


def test_infonce_annealing_says_that_it_is_a_reconstruction() -> None:
    assert LogAnnealing.card.status == "reconstruction"
    assert LogAnnealing.card.note == RECONSTRUCTION
    assert RECONSTRUCTION in " ".join((LogAnnealing.__doc__ or "").split())

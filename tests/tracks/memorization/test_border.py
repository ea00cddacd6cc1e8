"""Apart from their judge, methods plan and score what they do beside it, and the judge counts the same work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from suite import Card
from suite.diffusion.guidance import Sampler
from suite.registry import load_registry
from suite.testing.memorization import Case, digits_case
from suite.tracks.memorization import DetectionContext, Mitigation, Plan
from suite.tracks.memorization.border import BORDER
from suite.tracks.memorization.measuring import mitigation_context
from suite.tracks.memorization.plans import checked

from ...support.apart import Apart, pairs
from ...support.built_in import built_in

METHODS = built_in("memorization")
MITIGATIONS = [method for method in METHODS if issubclass(method, Mitigation) and "attention" not in method.needs]
DETECTORS = [method for method in METHODS if not issubclass(method, Mitigation)]
SHORT = {"targets": (0.6,), "most": 3}
QUICK = ("dynamic-delay", "opposite-guidance", "persample-noise", "random-tokens")
"""A guide, a dry run, evaluations with gradients, and the vocabulary: all that passes. The others are slow tests."""


@pytest.fixture
def apart() -> Iterator[Apart]:
    """Makes a method that runs apart."""
    yield from pairs(BORDER)


@pytest.fixture(scope="module")
def case(resources) -> Case:
    return digits_case(resources)


def followed(method: Mitigation, case: Case) -> tuple[Plan, torch.Tensor, Sampler]:
    """Return the plan at the strongest strength, what is sampled by it, and the meter."""
    sampler = case.experiment.sampler()
    plan = case.planned(method, list(method.strengths.values())[-1], sampler)
    return plan, sampler.sample(plan).final, sampler


def test_every_contract_of_the_track_passes() -> None:
    assert set(BORDER.calls) == set(load_registry().tracks["memorization"].contract)


@pytest.mark.parametrize(
    "method",
    [pytest.param(one, id=one.name, marks=() if one.name in QUICK else pytest.mark.slow) for one in MITIGATIONS],
)
def test_plans_samples_and_work_are_the_same(method: type[Mitigation], apart: Apart, case: Case) -> None:
    given = SHORT if "targets" in method.Parameters.model_fields else {}
    if method.name == "opposite-guidance":
        given = {"transition": "dynamic"}  # the one with a dry run
    beside, there = method(**given), apart(method, **given)
    assert list(there.strengths.items()) == list(beside.strengths.items())
    (plan, final, meter), (other, other_final, other_meter) = followed(beside, case), followed(there, case)
    assert torch.equal(other.noise, plan.noise)
    assert torch.equal(other.conditions, plan.conditions)
    assert isinstance(other.scales, torch.Tensor) == isinstance(plan.scales, torch.Tensor)
    assert torch.equal(other_final, final)
    assert (other_meter.evaluations, other_meter.backward) == (meter.evaluations, meter.backward)


@pytest.mark.parametrize("method", DETECTORS, ids=lambda method: method.name)
def test_scores_are_the_same(method: type[Any], apart: Apart, case: Case) -> None:
    training = case.experiment.collection.train if "training data" in method.needs else None
    context = DetectionContext(seed=0, training=training)
    assert torch.equal(apart(method).score(case.paths, context), method().score(case.paths, context))


class Curious(Mitigation):
    """Does what the parameter says, where it runs."""

    name, version = "curious", "1"
    card = Card(title="For a test", status="baseline")

    class Parameters(Mitigation.Parameters):
        how: str = "network"

    @property
    def strengths(self) -> dict[str, Any]:
        return {"one, and only": None}

    def plan(self, strength, noise, conditions, context) -> Any:
        scales = torch.full((len(context.sampler.times), len(noise)), context.scale)
        if self.parameters.how == "network":
            return context.sampler._network
        if self.parameters.how == "meter":
            context.sampler.evaluations = 0
        if self.parameters.how == "twice":
            latents = noise.requires_grad_()
            norm = context.sampler.difference(latents, conditions).norm()
            (gradient,) = torch.autograd.grad(norm, latents, create_graph=True)
            gradient.norm().backward()
        if self.parameters.how == "dry run":  # under a guide of its own, with draws of its own
            generator, guide = context.generator("walk"), UpperHalf(context.scale)
            path = context.sampler.sample(Plan(noise, conditions, guide), ("norms", "latents"), generator)
            return Plan(path.latents[3], conditions, scales * guide.passed)
        return Plan(noise, conditions, Wild() if self.parameters.how == "guide" else scales)


class UpperHalf:
    """A guide of samples whose norm of e is above the median, which remembers them."""

    def __init__(self, scale: float) -> None:
        self._scale = scale

    def scale(self, seen: Any) -> torch.Tensor:
        self.passed = seen.norms > seen.norms.median()
        return self._scale * self.passed


class Wild:
    """A guide that says what is no scale."""

    def scale(self, seen: Any) -> Any:
        return seen.norms / 0


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("network", "no attribute '_network'"),
        ("meter", "'evaluations' .* has no setter"),
        ("guide", "a guide's scales are not finite"),
        ("twice", "once_differentiable"),
    ],
)
def test_what_a_method_does_not_get(how: str, told: str, apart: Apart, case: Case) -> None:
    with pytest.raises(Exception, match=told):  # of the host's own making, but for the guide's
        followed(apart(Curious, how=how), case)


def test_gradients_alone_cost_what_they_cost_beside_the_judge(case: Case) -> None:
    sampler, noise = case.experiment.sampler(), case.experiment.specials.noise
    for count in (1, 2):
        sampler.gradients(noise, case.conditions, 0, torch.ones_like(noise))  # of what was never evaluated
        assert sampler.evaluations == sampler.backward == count * len(noise)


def test_a_dry_run_may_have_a_guide(apart: Apart, case: Case) -> None:
    one, other = (followed(made, case) for made in (Curious(how="dry run"), apart(Curious, how="dry run")))
    assert torch.equal(one[0].noise, other[0].noise)
    assert torch.equal(one[1], other[1])
    assert one[2].evaluations == other[2].evaluations
    assert one[0].scales.unique().tolist() == [0.0, 3.0]


def test_a_plan_that_asks_nothing_of_the_judge_costs_nothing(apart: Apart, case: Case) -> None:
    experiment = case.experiment
    sampler = experiment.sampler()
    there = apart(Curious, how="plain")
    noise = experiment.specials.noise
    plan = there.plan(None, noise.clone(), case.conditions.clone(), mitigation_context(experiment, sampler))
    assert torch.equal(checked(plan, noise, case.conditions, len(sampler.times)).noise, noise)
    assert sampler.evaluations == 0

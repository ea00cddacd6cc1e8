"""What every method of the memorization track holds, on the denoiser of digits that comes with the suite."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import pytest
from typing_extensions import override

from suite.contracts import Resources, TaskContext
from suite.diffusion.guidance import Path, Plan, Sampler
from suite.lazy import torch
from suite.registry import load_registry
from suite.testing.method import Answer, Asked, MethodContract
from suite.tracks.memorization import DetectionContext, Mitigation, PathDetector
from suite.tracks.memorization.contract import MOST_STRENGTHS
from suite.tracks.memorization.experiment import Experiment
from suite.tracks.memorization.measuring import mitigation_context
from suite.tracks.memorization.plans import checked

SEED = 0
STRIDE = 40
"""Timesteps between two steps: 5 steps, where the task takes 25."""


@dataclass(frozen=True)
class Case:
    """One noise of each special caption of ``memorization/digits``, and its denoiser."""

    experiment: Experiment

    @cached_property
    def conditions(self) -> torch.Tensor:
        """The embedded captions [20, D]."""
        return self.experiment.vocabulary.embedded(self.experiment.specials.captions)

    def planned(self, method: Mitigation, strength: Any, sampler: Sampler) -> Plan:
        """Return the method's plan at a strength."""
        noise, context = self.experiment.specials.noise, mitigation_context(self.experiment, sampler)
        plan = method.plan(strength, noise, self.conditions, context)
        return checked(plan, noise, self.conditions, len(sampler.times))

    @cached_property
    def paths(self) -> Path:
        """How the samples come about under plain guidance, with all that is recorded."""
        return self.experiment.plain(self.experiment.specials, self.experiment.task.scale, ("norms", "clean"))


def digits_case(resources: Resources, seed: int = SEED, noises: int = 1, stride: int = STRIDE) -> Case:
    """Return a case on the digits, with so many noises of each caption and timesteps between two steps."""
    task: Any = load_registry().tasks["memorization/digits"]()
    task.stride = stride
    return Case(Experiment(task, TaskContext(seed, resources), noises))


class MitigationContract(MethodContract):
    """Checks of a `Mitigation`: override ``method``, and ``changes`` if it has parameters."""

    tolerance: ClassVar[float] = 1e-3

    @pytest.fixture(scope="session")
    @classmethod
    def inputs(cls, resources: Resources) -> Case:
        """Return twenty samples that are asked for."""
        return digits_case(resources)

    @classmethod
    @override
    def tensors(cls, inputs: Case) -> Answer:
        return inputs.experiment.specials.noise, inputs.conditions

    @classmethod
    def ask(cls, method: Mitigation, inputs: Case, seed: int = 0) -> Answer:
        """Return what was sampled at the weakest and at the strongest strength."""
        labels, sampler = list(method.strengths), inputs.experiment.sampler()
        ends = dict.fromkeys((labels[0], labels[-1]))
        return tuple(sampler.sample(inputs.planned(method, method.strengths[end], sampler)).final for end in ends)

    @classmethod
    def is_same(cls, one: Answer, other: Answer) -> bool:
        """Compare samples, which differ by rounding where batches differ."""
        return all(torch.allclose(*pair, atol=cls.tolerance) for pair in zip(one, other, strict=True))

    def test_its_sweep_is_declared(self, asked: Asked) -> None:
        """One to eight strengths, each with a label."""
        labels = list(asked.made.strengths)
        assert 1 <= len(labels) <= MOST_STRENGTHS
        assert all(isinstance(label, str) and label for label in labels)

    def test_its_samples_are_finite(self, inputs: Case, asked: Asked) -> None:
        """At both ends of the sweep."""
        for samples in asked.answer:
            assert samples.shape == inputs.experiment.specials.noise.shape
            assert samples.isfinite().all()

    def test_its_work_is_counted(self, inputs: Case, asked: Asked) -> None:
        """Planning and sampling take at least one evaluation at each step."""
        sampler = inputs.experiment.sampler()
        sampler.sample(inputs.planned(asked.made, next(iter(asked.made.strengths.values())), sampler))
        assert sampler.evaluations >= len(sampler.times) * len(inputs.conditions)


class PathDetectorContract(MethodContract):
    """Checks of a `PathDetector`: override ``method``, and ``changes`` if it has parameters."""

    @pytest.fixture(scope="session")
    @classmethod
    def inputs(cls, resources: Resources) -> Case:
        """Return the paths of twenty samples."""
        return digits_case(resources)

    @classmethod
    @override
    def tensors(cls, inputs: Case) -> Answer:
        paths = inputs.paths
        assert paths.clean is not None
        return paths.final, paths.norms, paths.clean

    @classmethod
    def ask(cls, method: PathDetector, inputs: Case, seed: int = 0) -> Answer:
        """Return the scores."""
        return (cls.scores(method, inputs, inputs.paths, seed),)

    @classmethod
    def scores(cls, method: PathDetector, inputs: Case, paths: Path, seed: int = 0) -> torch.Tensor:
        """Return the scores of paths [N]."""
        training = inputs.experiment.collection.train if "training data" in method.needs else None
        return method.score(paths, DetectionContext(seed=seed, training=training))

    def test_scores_are_finite_and_one_a_sample(self, inputs: Case, asked: Asked) -> None:
        """Floats [N]."""
        assert asked.answer[0].shape == (len(inputs.paths.final),)
        assert asked.answer[0].isfinite().all()

    def test_a_score_does_not_depend_on_the_other_samples(self, inputs: Case, asked: Asked) -> None:
        """Those of a few paths alone are the same."""
        paths = inputs.paths
        assert paths.clean is not None
        few = Path(paths.final[:3], paths.norms[:, :3], paths.clean[:, :3])
        assert torch.allclose(self.scores(asked.made, inputs, few), asked.answer[0][:3], rtol=1e-4)

"""What every method of the basins track holds, on four wells that are seen among slow noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from typing_extensions import override

from suite.contracts import Resources
from suite.lazy import torch
from suite.testing.method import Answer, Asked, MethodContract
from suite.testing.refusal import answered
from suite.tracks.basins import BasinContext, BasinDetector, Partition, Proposer
from suite.tracks.basins.dynamics.embedding import Embedding, Kind
from suite.tracks.basins.dynamics.systems import SYSTEMS
from suite.tracks.basins.latent import BURN_IN, Latent
from suite.tracks.basins.metrics import adjusted_rand_index
from suite.tracks.basins.problem import EmbeddedProblem, MeteredSimulator


@dataclass(frozen=True)
class Case:
    """A problem of seed 0 with its trajectories [K, M, L, D] and the oracle's labels and risk.

    Methods are told the number of basins if it is ``counted``.
    """

    problem: EmbeddedProblem
    resources: Resources
    trajectories: torch.Tensor
    truth: NDArray[np.int64]
    risk: NDArray[np.float64]
    counted: bool = False

    def context(self, seed: int = 0) -> BasinContext:
        """Return what the protocol gives a method."""
        count = len(set(self.truth.tolist())) if self.counted else None
        simulator = MeteredSimulator(self.problem, self.resources)
        return BasinContext(seed=seed, count=count, burn_in=BURN_IN, simulator=simulator)

    def partition(self, method: BasinDetector, trajectories: torch.Tensor | None = None, seed: int = 0) -> Partition:
        """Return the method's answer."""
        given = self.trajectories if trajectories is None else trajectories
        answer = method.partition(given, self.context(seed))
        return answer if isinstance(answer, Partition) else Partition(answer)

    def found(self, method: BasinDetector, trajectories: torch.Tensor | None = None) -> NDArray[np.int64]:
        """Return the method's labels."""
        return np.asarray(self.partition(method, trajectories).labels)

    def ari(self, method: BasinDetector) -> float:
        """Return how good the method's labels are."""
        return adjusted_rand_index(self.truth, self.found(method))


def problem_case(
    resources: Resources,
    kind: Kind = "linear",
    dimension: int = 50,
    system: str = "quadruple-well",
    counted: bool = False,
) -> Case:
    """Return a case, whose latent trajectories are simulated once for all tests."""
    problem = EmbeddedProblem(Latent(SYSTEMS[system], 0), Embedding(kind, dimension))
    known = problem.latent.arrays(resources)
    trajectories = problem.trajectories(resources)
    return Case(problem, resources, trajectories, known["labels"].numpy(), known["risk"].numpy(), counted)


class BasinDetectorContract(MethodContract):
    """Checks of a `BasinDetector`: override ``method``, and ``changes`` if it has parameters.

    ``counted`` says whether it is told the number of basins; a method that can do both is checked in two classes.
    """

    @pytest.fixture(scope="class")
    @classmethod
    def counted(cls, method: type[BasinDetector]) -> bool:
        """Return whether the method is told how many basins there are."""
        return "count" in method.needs

    @pytest.fixture(scope="class")
    @classmethod
    def inputs(cls, resources: Resources, counted: bool) -> Case:
        """Return four wells in 50 dimensions, of which slow noise fills most."""
        return problem_case(resources, "linear+slow", counted=counted)

    @classmethod
    @override
    def tensors(cls, inputs: Case) -> Answer:
        return (inputs.trajectories,)

    @classmethod
    def ask(cls, method: BasinDetector, inputs: Case, seed: int = 0) -> Answer:
        """Return the labels, and the risks if there are any."""
        answer = inputs.partition(method, seed=seed)
        labels = torch.as_tensor(np.asarray(answer.labels))
        return (labels,) if answer.risk is None else (labels, torch.as_tensor(np.asarray(answer.risk)))

    @classmethod
    def is_same(cls, one: Answer, other: Answer) -> bool:
        """Compare partitions, of which the names mean nothing, and risks."""
        partitions = adjusted_rand_index(one[0].numpy(), other[0].numpy())
        return partitions == 1 and super().is_same(one[1:], other[1:])

    def test_every_representative_has_a_label(self, inputs: Case, asked: Asked) -> None:
        """Integers [K]."""
        assert asked.answer[0].shape == (len(inputs.trajectories),)
        assert not asked.answer[0].is_floating_point()

    def test_risks_are_those_of_pairs(self, inputs: Case, asked: Asked) -> None:
        """Symmetric [K, K] and between 0 and 1, if the method tells any; an estimate may exceed 1/2."""
        for risk in asked.answer[1:]:
            assert risk.shape == (len(inputs.trajectories),) * 2
            assert torch.equal(risk, risk.T)
            assert 0 <= float(risk.min()) <= float(risk.max()) <= 1

    def test_the_count_is_kept_to(self, method: type[BasinDetector], counted: bool, inputs: Case, asked: Any) -> None:
        """No more basins than a method was told."""
        if counted and "count" in method.needs | method.uses:
            assert len(asked.answer[0].unique()) <= len(set(inputs.truth.tolist()))

    def test_unusual_trajectories_are_answered_or_refused(
        self, method: type[BasinDetector], given: Mapping[str, Any], inputs: Case
    ) -> None:
        """One representative, equal ones, states that stand still, numbers of half precision.

        With a label for each, or with a ValueError that says what is lacking.
        """
        all_of_them = inputs.trajectories
        unusual = {
            "one representative": all_of_them[:1],
            "two equal representatives": all_of_them[[0, 0]],
            "constant trajectories": torch.ones_like(all_of_them),
            "trajectories of half precision": all_of_them.half().float(),
        }
        for what, trajectories in unusual.items():
            found = answered(method, what, lambda: inputs.found(method(**given), trajectories))  # noqa: B023 - at once
            assert found is None or found.shape == (len(trajectories),), f"{what}: labels of shape {found.shape}"
            assert found is None or np.issubdtype(found.dtype, np.integer), f"{what}: labels are {found.dtype}"

    def test_proposals_are_different_frames_of_the_exploration(
        self, method: type[BasinDetector], given: Mapping[str, Any], inputs: Case
    ) -> None:
        """Of a `Proposer`: as many as are allowed at most, and the same ones again under the same seed."""
        if not issubclass(method, Proposer):
            return
        explorations = {"trajectories": inputs.trajectories[:, 0], "two frames": inputs.trajectories[:1, 0, :2]}
        for what, exploration in explorations.items():
            once, again = (method(**given).propose(exploration.clone(), 5, inputs.context()) for _ in range(2))
            assert list(once) == list(again), f"{what}: other proposals under the same seed"
            assert 1 <= len(set(once)) == len(once) <= 5, f"{what}: {len(once)} proposals, {len(set(once))} different"
            for trajectory, frame in once:
                assert 0 <= trajectory < exploration.shape[0], f"{what}: no trajectory {trajectory}"
                assert 0 <= frame < exploration.shape[1], f"{what}: no frame {frame}"

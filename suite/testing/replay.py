"""What every method of the replay track holds, in its role, beside a small network that has learned some digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from suite.lazy import torch
from suite.testing.method import Answer, MethodContract
from suite.testing.refusal import answered
from suite.tracks.replay import (
    Buffer,
    Exemplars,
    History,
    Learner,
    MemoryRetrieval,
    MemoryUpdate,
    ReplayContext,
    ReplaySelector,
)
from suite.tracks.replay.audit import SLACK, SLACK_PER_CLASS, kept_bytes

if TYPE_CHECKING:
    from torch import nn

CLASSES = 10
Given = dict[str, Any]


class DigitsLearner(Learner):
    """A perceptron 64-32-10, metered; nothing is cached. Features and logits may be replaced by others in ``looks``."""

    model = "this perceptron"

    def __init__(self, network: nn.Sequential, history: History) -> None:
        self.network = network
        self.looks: dict[str, Callable[[Exemplars], torch.Tensor]] = {}
        self.forward_passes = self.backward_passes = 0
        self._history = history

    def flat(self, samples: Exemplars) -> torch.Tensor:
        """See `Learner`, as all of these."""
        return samples.inputs.flatten(1).float() / 8 - 1

    def features(self, samples: Exemplars) -> torch.Tensor:  # noqa: D102
        self.forward_passes += len(samples)
        if "features" in self.looks:
            return self.looks["features"](samples)
        with torch.no_grad():
            features: torch.Tensor = self.network[:-1](self.flat(samples))
        return features

    def logits(self, samples: Exemplars) -> torch.Tensor:  # noqa: D102
        self.forward_passes += len(samples)
        if "logits" in self.looks:
            return self.looks["logits"](samples)
        with torch.no_grad():
            logits: torch.Tensor = self.network(self.flat(samples))
        return logits

    def augmented_logits(self, samples: Exemplars, times: int, generator: torch.Generator) -> torch.Tensor:  # noqa: D102
        self.forward_passes += times * len(samples)
        flat = self.flat(samples)
        noise = torch.randn(times, *flat.shape, generator=generator)
        with torch.no_grad():
            logits: torch.Tensor = self.network(flat + noise)
        return logits

    def losses(self, samples: Exemplars) -> torch.Tensor:  # noqa: D102
        return torch.nn.functional.cross_entropy(self.logits(samples), samples.labels, reduction="none")

    def losses_after_step(self, batch: Exemplars, samples: Exemplars) -> torch.Tensor:  # noqa: D102
        utils, parameters = torch.nn.utils, list(self.network.parameters())
        before = [each.detach().clone() for each in parameters]
        gradient = self.mean_gradient(batch)
        with torch.no_grad():
            utils.vector_to_parameters(utils.parameters_to_vector(parameters) - 0.1 * gradient, parameters)
            losses = self.losses(samples)
            for each, old in zip(parameters, before, strict=True):
                each.copy_(old)
        return losses

    def gradients(self, samples: Exemplars) -> torch.Tensor:  # noqa: D102
        return torch.stack([self.mean_gradient(samples[place : place + 1]) for place in range(len(samples))])

    def mean_gradient(self, samples: Exemplars) -> torch.Tensor:  # noqa: D102
        self.backward_passes += len(samples)
        loss = torch.nn.functional.cross_entropy(self.network(self.flat(samples)), samples.labels)
        return torch.cat([each.flatten() for each in torch.autograd.grad(loss, list(self.network.parameters()))])

    def history(self, samples: Exemplars) -> History:  # noqa: D102
        kept = samples.rows
        return History(self._history.margin_sum[kept], self._history.forgotten[kept], self._history.error_norm[kept])


@dataclass(frozen=True)
class Digits:
    """All 1,797 digits, and a network that has learned some of them, with its history of all."""

    samples: Exemplars
    network: nn.Sequential
    history: History

    def learner(self) -> DigitsLearner:
        """Return a learner with counters at zero."""
        return DigitsLearner(self.network, self.history)

    def context(self, **given: Any) -> ReplayContext:
        """Return a context with a learner of its own, unless one is given."""
        return ReplayContext(**{"seed": 0, "learner": self.learner(), "classes": CLASSES, **given})


def learned_digits() -> Digits:
    """Return the digits and the network, after twelve epochs on a third of them; that takes a second."""
    from sklearn.datasets import load_digits
    from torch import nn

    functional = nn.functional
    bunch = load_digits()
    pixels = torch.from_numpy(bunch.images).to(torch.uint8)[..., None]
    digits = Exemplars(pixels, torch.from_numpy(bunch.target).long(), torch.arange(len(pixels)))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, CLASSES))
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    flat = digits.inputs.flatten(1).float() / 8 - 1
    margin, forgotten, error, right = torch.zeros(4, len(digits))
    for _ in range(12):
        for places in torch.arange(600).split(30):
            optimiser.zero_grad()
            functional.cross_entropy(network(flat[places]), digits.labels[places]).backward()
            optimiser.step()
        with torch.no_grad():
            shares = network(flat).softmax(dim=1)
        own = shares.gather(1, digits.labels[:, None])[:, 0]
        others = shares.scatter(1, digits.labels[:, None], -1.0).amax(dim=1)
        margin, error = margin + own - others, error + (shares - functional.one_hot(digits.labels, CLASSES)).norm(dim=1)
        forgotten, right = forgotten + right * (own <= others), (own > others).float()
    return Digits(digits, network, History(margin, forgotten, error))


def streamed(
    method: MemoryUpdate,
    samples: Exemplars,
    capacity: int,
    context: Callable[..., ReplayContext],
    size: int = 10,
    **given: Any,
) -> Buffer:
    """Return the buffer after a stream of samples in batches of ``size``; ``given`` goes into each context."""
    buffer = Buffer(samples, capacity, method.columns)
    for moment, start in enumerate(range(0, len(samples), size)):
        batch = samples[start : start + size]
        now = context(moment=moment, seen=start, **given)
        if isinstance(method, MemoryRetrieval) and len(buffer):
            method.retrieve(batch, buffer, 10, now)
        buffer.write(method.update(batch, buffer, now), batch)
    return buffer


def checked(chosen: object, capacity: int, count: int) -> torch.Tensor:
    """Return the places that were chosen, after a check that they are ``capacity`` different ones below ``count``."""
    assert isinstance(chosen, torch.Tensor)
    assert chosen.dtype == torch.int64
    assert chosen.shape == (capacity,)
    assert len(chosen.unique()) == capacity
    assert 0 <= int(chosen.min()) <= int(chosen.max()) < count
    return chosen


class _RoleContract(MethodContract):
    """What the roles have in common; ``inputs`` are the digits and the network."""

    @pytest.fixture(scope="session")
    @classmethod
    def inputs(cls) -> Digits:
        """Return the digits and the network."""
        return learned_digits()

    @classmethod
    @override
    def tensors(cls, inputs: Digits) -> Answer:
        weights = (weight.detach() for weight in inputs.network.parameters())
        return inputs.samples.inputs, inputs.samples.labels, inputs.samples.rows, *weights


class ReplaySelectorContract(_RoleContract):
    """Checks of a `ReplaySelector`: override ``method``, and ``changes`` if it has parameters."""

    @classmethod
    def ask(cls, method: ReplaySelector, inputs: Digits, seed: int = 0) -> Answer:
        """Return 100 places among 200 candidates."""
        return (checked(method.select(inputs.samples[:200], 100, inputs.context(seed=seed)), 100, 200),)

    @pytest.mark.parametrize("capacity", [1, 7, 199])
    def test_a_selection_is_valid_and_repeats(
        self, method: type[ReplaySelector], given: Given, inputs: Digits, capacity: int
    ) -> None:
        """Whatever the capacity."""
        one, other = (method(**given).select(inputs.samples[:200], capacity, inputs.context()) for _ in range(2))
        assert torch.equal(checked(one, capacity, 200), other)

    def test_a_single_class_can_be_selected_from(
        self, method: type[ReplaySelector], given: Given, inputs: Digits
    ) -> None:
        """A task may have one."""
        sevens = inputs.samples[inputs.samples.labels == 7]
        checked(method(**given).select(sevens, 20, inputs.context()), 20, len(sevens))

    def test_duplicates_can_be_selected_from(self, method: type[ReplaySelector], given: Given, inputs: Digits) -> None:
        """Real data has some."""
        same = inputs.samples[torch.tensor([3] * 40)]
        checked(method(**given).select(same, 30, inputs.context()), 30, 40)

    def test_features_that_are_all_equal_can_be_selected_from(
        self, method: type[ReplaySelector], given: Given, inputs: Digits
    ) -> None:
        """And such as a network of half precision has."""
        for look in (lambda values: torch.ones_like(values), lambda values: values.half().float()):
            learner = inputs.learner()
            plain = inputs.learner()
            learner.looks = {
                "features": lambda samples: look(plain.features(samples)),  # noqa: B023 - asked at once
                "logits": lambda samples: look(plain.logits(samples)),  # noqa: B023
            }
            context = inputs.context(learner=learner)
            ask = partial(method(**given).select, inputs.samples[:60], 20, context)
            chosen = answered(method, "equal or rounded features", ask)
            assert chosen is None or len(checked(chosen, 20, 60)) == 20

    def test_two_candidates_are_enough(self, method: type[ReplaySelector], given: Given, inputs: Digits) -> None:
        """One of which is selected."""
        checked(method(**given).select(inputs.samples[:2], 1, inputs.context()), 1, 2)

    def test_the_network_is_asked_for_what_is_named_alone(
        self, method: type[ReplaySelector], given: Given, inputs: Digits
    ) -> None:
        """What costs passes stands in ``needs``."""
        learner = inputs.learner()
        method(**given).select(inputs.samples[:50], 10, inputs.context(learner=learner))
        assert (learner.forward_passes > 0) == bool(method.needs - {"history", "task end", "gradients"})
        assert (learner.backward_passes > 0) == ("gradients" in method.needs)


class MemoryUpdateContract(_RoleContract):
    """Checks of a `MemoryUpdate`: override ``method``, and ``changes`` if it has parameters."""

    @classmethod
    def ask(cls, method: MemoryUpdate, inputs: Digits, seed: int = 0) -> Answer:
        """Return the rows in a buffer of 30 after 300 samples."""
        buffer = streamed(method, inputs.samples[:300], 30, inputs.context, seed=seed)
        return (buffer.samples().rows,)

    @pytest.mark.parametrize("capacity", [1, 13, 60])
    def test_a_stream_fills_the_buffer(
        self, method: type[MemoryUpdate], given: Given, inputs: Digits, capacity: int
    ) -> None:
        """With different samples, the same ones again."""
        one, other = (streamed(method(**given), inputs.samples[:120], capacity, inputs.context) for _ in range(2))
        assert len(one) == capacity
        assert one.samples().rows.tolist() == other.samples().rows.tolist()
        assert len(one.samples().rows.unique()) == capacity

    def test_what_is_kept_beside_the_buffer_is_little(
        self, method: type[MemoryUpdate], given: Given, inputs: Digits
    ) -> None:
        """The audit allows its parameters and a few numbers a class."""
        made = method(**given)
        buffer = streamed(made, inputs.samples, 1500, inputs.context, size=300, classes=100)
        assert kept_bytes(made, buffer.columns.values()) < SLACK + 100 * SLACK_PER_CLASS

    def test_a_stream_may_have_one_class_or_one_sample(
        self, method: type[MemoryUpdate], given: Given, inputs: Digits
    ) -> None:
        """Or forty times the same sample."""
        samples = inputs.samples
        sevens, same = samples[samples.labels == 7], samples[torch.tensor([3] * 40)]
        for stream, most in ((sevens, 12), (same, 12), (samples[:1], 1)):
            assert len(streamed(method(**given), stream, 12, inputs.context)) == most


class MemoryRetrievalContract(_RoleContract):
    """Checks of a `MemoryRetrieval`: override ``method``, and ``changes`` if it has parameters."""

    @classmethod
    def ask(cls, method: MemoryRetrieval, inputs: Digits, seed: int = 0) -> Answer:
        """Return ten slots of a buffer of 200."""
        return (_retrieved(method, inputs, 200, seed),)

    @pytest.mark.parametrize("filled", [3, 40])
    def test_a_retrieval_is_valid_and_repeats(
        self, method: type[MemoryRetrieval], given: Given, inputs: Digits, filled: int
    ) -> None:
        """However full the buffer is."""
        one, other = (_retrieved(method(**given), inputs, filled) for _ in range(2))
        assert torch.equal(one, other)


def _retrieved(method: MemoryRetrieval, inputs: Digits, filled: int, seed: int = 0) -> torch.Tensor:
    buffer = Buffer(inputs.samples, 200)
    buffer.write(torch.arange(filled), inputs.samples[:filled])
    chosen = method.retrieve(inputs.samples[300:310], buffer, 10, inputs.context(seed=seed))
    return checked(chosen, min(10, filled), filled)

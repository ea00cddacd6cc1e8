"""What every method holds, whatever its track."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from suite.contracts import Method, Resources
from suite.contracts.declared import check_method
from suite.errors import SuiteError
from suite.lazy import torch
from suite.testing import cache

Answer = tuple["torch.Tensor", ...]


@dataclass(frozen=True)
class Asked:
    """A method that was fitted and asked once, its answer, and the tensors that it was given as they were before."""

    made: Any
    answer: Answer
    given: Answer


class MethodContract:
    """Checks that hold in every track. A track's contract derives from it and writes `inputs`, `tensors` and `ask`.

    The fixtures have the scope of the class, as ``asked``: one fitted object serves all checks of a method.

    Attributes:
        method: the class under test.
        given: the parameters to check it with: few steps, where the defaults take long.
        changes: for each parameter another value that changes the answer. Where it acts only beside others, that is a
            dict of it and them: ``{"below": {"below": "clip", "low": 60.0}}``; where it cannot be seen, None.
        tolerance: relative difference below which two answers count as one.
    """

    method: ClassVar[type[Method]]
    given: ClassVar[Mapping[str, Any]] = {}
    changes: ClassVar[Mapping[str, Any]] = {}
    tolerance: ClassVar[float] = 1e-4

    @pytest.fixture(scope="class", name="method")
    @classmethod
    def _method(cls) -> type[Method]:
        return cls.method

    @pytest.fixture(scope="class", name="given")
    @classmethod
    def _given(cls, method: type[Method]) -> Mapping[str, Any]:
        return cls.given

    @pytest.fixture(scope="class", name="changes")
    @classmethod
    def _changes(cls, method: type[Method]) -> Mapping[str, Any]:
        return cls.changes

    @pytest.fixture(scope="session")
    @classmethod
    def resources(cls, tmp_path_factory: pytest.TempPathFactory) -> Resources:
        """Return where data and the cache of shared artifacts are."""
        return cache.resources(cache.shared_cache(tmp_path_factory))

    @pytest.fixture(scope="class")
    @classmethod
    def inputs(cls) -> Any:
        """Return what methods are fitted to and asked about."""
        raise NotImplementedError("a track's contract has inputs")

    @classmethod
    def tensors(cls, inputs: Any) -> Answer:
        """Return all tensors of the inputs that a method must leave as they were."""
        raise NotImplementedError("a track's contract says which tensors its inputs have")

    @classmethod
    def ask(cls, method: Any, inputs: Any, seed: int = 0) -> Answer:
        """Fit a new method to the inputs and return its answer."""
        raise NotImplementedError("a track's contract says how a method is asked")

    @pytest.fixture(scope="class")
    @classmethod
    def asked(cls, method: type[Method], given: Mapping[str, Any], inputs: Any) -> Asked:
        """Return the method, fitted and asked once."""
        before = tuple(tensor.clone() for tensor in cls.tensors(inputs))
        made = method(**given)
        return Asked(made, cls.ask(made, inputs), before)

    def test_it_is_complete(self, method: type[Method]) -> None:
        """Name, version, card, access, parameters with defaults: what the registry takes."""
        assert check_method(method) is method
        assert method().resolved.keys() >= method.Parameters().model_dump().keys()

    def test_an_unknown_parameter_is_refused(self, method: type[Method]) -> None:
        """A misspelled one must not be ignored."""
        with pytest.raises(SuiteError, match="nonsense"):
            method(nonsense=1)

    def test_the_same_seed_gives_the_same_answer(
        self, method: type[Method], given: Mapping[str, Any], inputs: Any, asked: Asked
    ) -> None:
        """Bit for bit, whatever was drawn from torch's global generator meanwhile."""
        torch.rand(7)
        again = self.ask(method(**given), inputs)
        assert len(again) == len(asked.answer)
        for one, other in zip(asked.answer, again, strict=True):
            assert torch.equal(one, other)

    def test_inputs_are_left_as_they_were(self, inputs: Any, asked: Asked) -> None:
        """Other methods get the same ones."""
        for before, after in zip(asked.given, self.tensors(inputs), strict=True):
            assert torch.equal(before, after)
            assert not after.requires_grad

    def test_every_parameter_has_an_effect(
        self, method: type[Method], given: Mapping[str, Any], changes: Mapping[str, Any], inputs: Any, asked: Asked
    ) -> None:
        """A parameter that changes nothing is no parameter."""
        fields = method.Parameters.model_fields
        assert set(changes) == set(fields), "the fixture `changes` names each parameter, and no other"
        idle = []
        for name, change in changes.items():
            if change is None:
                continue
            changed = {**given, **(change if isinstance(change, Mapping) else {name: change})}
            others = {key: value for key, value in changed.items() if key != name}
            plain = {**others, **({name: given[name]} if name in given else {})}
            before = asked.answer if plain == given else self.ask(method(**plain), inputs)
            if self.is_same(before, self.ask(method(**changed), inputs)):
                idle.append(name)
        assert idle == []

    @classmethod
    def is_same(cls, one: Answer, other: Answer) -> bool:
        """Tell whether two answers differ by rounding at most."""
        return all(torch.allclose(*pair, rtol=cls.tolerance) for pair in zip(one, other, strict=True))

"""What every method holds, whatever its track."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from suite.contracts import Method, Resources
from suite.contracts.declared import check_method
from suite.errors import SuiteError
from suite.lazy import torch
from suite.testing import cache
from suite.testing.state import restored

Answer = tuple["torch.Tensor", ...]
PLACEHOLDER = "PLACEHOLDER"
"""In place of the names of authors, as long as nobody has written them."""


@dataclass(frozen=True)
class Asked:
    """A method that was fitted and asked once, its answer, and the tensors that it was given as they were before.

    ``disturbed`` are the parts of the process's global state that it changed, and that were put back.
    """

    made: Any
    answer: Answer
    given: Answer
    disturbed: tuple[str, ...] = ()


class DeclarationContract:
    """Checks of what a method declares, which hold for those too that are asked nothing: override ``method``.

    The fixtures have the scope of the class.

    Attributes:
        method: the class under test.
        given: the parameters to check it with: few steps, where the defaults take long.
    """

    method: ClassVar[type[Method]]
    given: ClassVar[Mapping[str, Any]] = {}

    @pytest.fixture(scope="class", name="method")
    @classmethod
    def _method(cls) -> type[Method]:
        return cls.method

    @pytest.fixture(scope="class", name="given")
    @classmethod
    def _given(cls, method: type[Method]) -> Mapping[str, Any]:
        return cls.given

    def test_it_is_complete(self, method: type[Method]) -> None:
        """Name, version, card, access, parameters with defaults: what the registry takes."""
        assert check_method(method) is method
        assert method().resolved.keys() >= method.Parameters().model_dump().keys()

    def test_its_card_names_its_authors(self, method: type[Method]) -> None:
        """Skipped as long as the card has the template's placeholder."""
        if PLACEHOLDER in (method.card.authors or ""):
            pytest.skip(f"the card's authors are {method.card.authors!r}: write who made the method")

    def test_its_card_is_honest(self, method: type[Method]) -> None:
        """Published work has a year and a link, or a note; what a reconstruction lacked, `Card` asks for."""
        card = method.card
        if card.status == "baseline":
            return
        assert card.url or card.note, f"the card is of status {card.status!r}, and names no url: where is the paper?"
        assert card.year, f"the card is of status {card.status!r} and has no year"

    def test_its_parameters_are_described_and_checked(self, method: type[Method]) -> None:
        """Each says in words what it is, and refuses what is no value of its kind."""
        for name, field in method.Parameters.model_fields.items():
            assert (field.description or "").strip(), f"{name} has no description: Field(..., description='...')"
            default = field.get_default(call_default_factory=True)
            if isinstance(default, bool | int | float):
                for wrong in (float("nan"), float("inf"), "no number"):
                    with pytest.raises(SuiteError):
                        method(**{name: wrong})

    def test_an_unknown_parameter_is_refused(self, method: type[Method]) -> None:
        """A misspelled one must not be ignored."""
        with pytest.raises(SuiteError, match="nonsense"):
            method(nonsense=1)


class MethodContract(DeclarationContract):
    """Checks that hold in every track. A track's contract derives from it and writes `inputs`, `tensors` and `ask`.

    The fixtures have the scope of the class, as ``asked``: one fitted object serves all checks of a method.

    Attributes:
        changes: for each parameter another value that changes the answer. Where it acts only beside others, that is a
            dict of it and them: ``{"below": {"below": "clip", "low": 60.0}}``; where it cannot be seen, None.
        tolerance: relative difference below which two answers count as one.
    """

    changes: ClassVar[Mapping[str, Any]] = {}
    tolerance: ClassVar[float] = 1e-4

    @pytest.fixture(scope="class", name="changes")
    @classmethod
    def _changes(cls, method: type[Method]) -> Mapping[str, Any]:
        return cls.changes

    @pytest.fixture(autouse=True)
    def _restored(self) -> Iterator[None]:
        """Let no check suffer from what another one, which asks the method too, has left behind."""
        with restored():
            yield

    @pytest.fixture(scope="session")
    @classmethod
    def resources(cls, tmp_path_factory: pytest.TempPathFactory) -> Resources:
        """Return where data and the cache of shared artifacts are."""
        return cache.resources(cache.shared_cache(tmp_path_factory))

    @pytest.fixture(scope="class")
    @classmethod
    def inputs(cls) -> Any:
        """Return what methods are fitted to and asked about."""
        raise NotImplementedError("the contract tests of a track must define inputs")

    @classmethod
    def tensors(cls, inputs: Any) -> Answer:
        """Return all tensors of the inputs that a method must leave as they were."""
        raise NotImplementedError("the contract tests of a track must define the tensors of its inputs")

    @classmethod
    def ask(cls, method: Any, inputs: Any, seed: int = 0) -> Answer:
        """Fit a new method to the inputs and return its answer."""
        raise NotImplementedError("the contract tests of a track must define how to call a method")

    @pytest.fixture(scope="class")
    @classmethod
    def asked(cls, method: type[Method], given: Mapping[str, Any], inputs: Any) -> Asked:
        """Return the method, fitted and asked once."""
        return cls.asked_once(method, given, inputs)

    @classmethod
    def asked_once(cls, method: type[Method], given: Mapping[str, Any], inputs: Any) -> Asked:
        """Make a method, fit it and ask it; once more where global state changed, as imports may change it."""
        before = tuple(tensor.clone() for tensor in cls.tensors(inputs))
        with restored() as disturbed:
            made = method(**given)
            answer = cls.ask(made, inputs)
        if disturbed:
            with restored() as again:
                cls.ask(method(**given), inputs)
            disturbed = [part for part in disturbed if part in again]
        return Asked(made, answer, before, tuple(disturbed))

    def test_the_same_seed_gives_the_same_answer(
        self, method: type[Method], given: Mapping[str, Any], inputs: Any, asked: Asked
    ) -> None:
        """Bit for bit, whatever was drawn from torch's global generator meanwhile."""
        torch.rand(7)
        again = self.ask(method(**given), inputs)
        assert len(again) == len(asked.answer)
        for one, other in zip(asked.answer, again, strict=True):
            assert torch.equal(one, other), "the same seed gave two answers: draw from context.rng or context.generator"

    def test_inputs_are_left_as_they_were(self, inputs: Any, asked: Asked) -> None:
        """Other methods get the same ones."""
        for before, after in zip(asked.given, self.tensors(inputs), strict=True):
            assert torch.equal(before, after), "what the method was given is not what it was: work on copies"
            assert not after.requires_grad, "what the method was given requires gradients now: detach it"

    def test_global_state_is_left_as_it_was(self, asked: Asked) -> None:
        """Dtype, threads, global generators, environment: other methods run in the same process."""
        assert asked.disturbed == (), f"the method changed {' and '.join(asked.disturbed)}"

    def test_every_parameter_has_an_effect(
        self, method: type[Method], given: Mapping[str, Any], changes: Mapping[str, Any], inputs: Any, asked: Asked
    ) -> None:
        """A parameter that changes nothing is no parameter."""
        fields = method.Parameters.model_fields
        assert set(changes) == set(fields), "the fixture `changes` names each parameter, and no other"
        idle = self.idle(method, given, changes, inputs, asked)
        assert idle == [], f"the answer is the same with {', '.join(idle)} as `changes` says"

    @classmethod
    def idle(
        cls, method: type[Method], given: Mapping[str, Any], changes: Mapping[str, Any], inputs: Any, asked: Asked
    ) -> list[str]:
        """Return the parameters whose change does not change the answer."""
        idle = []
        for name, change in changes.items():
            if change is None:
                continue
            changed = {**given, **(change if isinstance(change, Mapping) else {name: change})}
            others = {key: value for key, value in changed.items() if key != name}
            plain = {**others, **({name: given[name]} if name in given else {})}
            before = asked.answer if plain == given else cls.ask(method(**plain), inputs)
            if cls.is_same(before, cls.ask(method(**changed), inputs)):
                idle.append(name)
        return idle

    @classmethod
    def is_same(cls, one: Answer, other: Answer) -> bool:
        """Tell whether two answers differ by rounding at most."""
        return all(torch.allclose(*pair, rtol=cls.tolerance) for pair in zip(one, other, strict=True))

"""Each check of the contract fails for a method that breaks it, and for no other."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pytest
import torch
from pydantic import Field
from torch import Tensor

from suite.contracts import Card, Method
from suite.errors import SuiteError
from suite.testing import MethodContract
from suite.testing.method import Answer, Asked
from suite.testing.state import restored


class Scaling(Method):
    """Scales numbers."""

    track, name, version = "scaling", "scaling", "1"
    card = Card(title="Scales", status="baseline")

    class Parameters(Method.Parameters):
        factor: float = Field(2.0, description="what numbers are multiplied by")
        shift: float = Field(0.0, description="what is added to them")

    def scale(self, numbers: Tensor) -> Tensor:
        return numbers * self.parameters.factor + self.parameters.shift


class Nameless(Scaling):
    version = None  # type: ignore[assignment]


class Lenient(Scaling):
    def __init__(self, **parameters: Any) -> None:
        super().__init__(**{name: value for name, value in parameters.items() if name in ("factor", "shift")})


class Noisy(Scaling):
    def scale(self, numbers: Tensor) -> Tensor:
        return super().scale(numbers) + torch.rand(1)


class Overwriting(Scaling):
    def scale(self, numbers: Tensor) -> Tensor:
        return super().scale(numbers.mul_(2.0))


class Idle(Scaling):
    def scale(self, numbers: Tensor) -> Tensor:
        return numbers * self.parameters.factor


class Global(Scaling):
    def scale(self, numbers: Tensor) -> Tensor:
        torch.set_default_dtype(torch.float64)
        return super().scale(numbers)


class Anonymous(Scaling):
    card = Card(title="Scales", status="baseline", authors="PLACEHOLDER: your names")


class Unlinked(Scaling):
    card = Card(title="Scales", status="paper", paper="On scales", authors="Nobody", year=2020)


class Undated(Scaling):
    card = Card(title="Scales", status="paper", paper="On scales", authors="Nobody", url="https://example.org/scales")


class Undescribed(Scaling):
    class Parameters(Scaling.Parameters):
        shift: float = 0.0


class Credulous(Scaling):
    class Parameters(Scaling.Parameters):
        factor: Any = Field(2.0, description="what numbers are multiplied by")


class Contract(MethodContract):
    changes: ClassVar[Mapping[str, Any]] = {"factor": 3.0, "shift": {"shift": 1.0, "factor": 0.5}}

    @classmethod
    def tensors(cls, inputs: Tensor) -> Answer:
        return (inputs,)

    @classmethod
    def ask(cls, method: Any, inputs: Tensor, seed: int = 0) -> Answer:
        return (method.scale(inputs),)


CHECKS: dict[str, Callable[..., None]] = {
    name: check for name, check in inspect.getmembers(Contract, inspect.isfunction) if name.startswith("test_")
}


def broken(method: type[Scaling], **given: Any) -> set[str]:
    """Return the checks that fail or are skipped, by name."""
    failed = set()
    for name, check in CHECKS.items():
        inputs = torch.ones(3)
        asked = Contract.asked_once(method, given, inputs)
        fixtures = {"method": method, "given": given, "changes": Contract.changes, "inputs": inputs, "asked": asked}
        wanted = [parameter for parameter in inspect.signature(check).parameters if parameter != "self"]
        try:
            with restored():
                check(Contract(), **{parameter: fixtures[parameter] for parameter in wanted})
        except (AssertionError, TypeError, SuiteError, pytest.fail.Exception, pytest.skip.Exception):
            failed.add(name)
    return failed


BREAKS: dict[type[Scaling], set[str]] = {
    Scaling: set(),
    Nameless: {"test_it_is_complete"},
    Lenient: {"test_an_unknown_parameter_is_refused"},
    Noisy: {"test_the_same_seed_gives_the_same_answer"},
    Overwriting: {"test_inputs_are_left_as_they_were", "test_the_same_seed_gives_the_same_answer"},
    Idle: {"test_every_parameter_has_an_effect"},
    Global: {"test_global_state_is_left_as_it_was"},
    Anonymous: {"test_its_card_names_its_authors"},
    Unlinked: {"test_its_card_is_honest"},
    Undated: {"test_its_card_is_honest"},
    Undescribed: {"test_its_parameters_are_described_and_checked"},
    Credulous: {"test_its_parameters_are_described_and_checked"},
}


def test_every_check_has_a_method_that_fails_it() -> None:
    assert set().union(*BREAKS.values()) == set(CHECKS)


@pytest.mark.parametrize(("method", "expected"), BREAKS.items(), ids=lambda part: getattr(part, "__name__", ""))
def test_what_breaks_the_contract_is_found(method: type[Scaling], expected: set[str]) -> None:
    assert broken(method) == expected


@pytest.mark.parametrize("changes", [{"factor": 3.0}, {"factor": 3.0, "shift": 1.0, "other": 1}])
def test_changes_name_each_parameter_and_no_other(changes: dict[str, float]) -> None:
    inputs = torch.ones(3)
    asked = Asked(Scaling(), Contract.ask(Scaling(), inputs), (inputs,))
    with pytest.raises(AssertionError, match="names each parameter, and no other"):
        Contract().test_every_parameter_has_an_effect(Scaling, {}, changes, inputs, asked)


@pytest.mark.parametrize(("given", "idle"), [({"shift": 5.0}, False), ({"factor": 3.0}, True), ({"shift": 1.0}, True)])
def test_a_change_is_seen_against_what_is_given(given: dict[str, float], idle: bool) -> None:
    """Where the change is what is given already, nothing changes, and the check says so."""
    assert broken(Scaling, **given) == ({"test_every_parameter_has_an_effect"} if idle else set())


class Importing(Scaling):
    """The first time it does what a library does that is imported."""

    imported: ClassVar[list[str]] = []

    def scale(self, numbers: Tensor) -> Tensor:
        if not self.imported:
            self.imported.append("a library")
            torch.set_default_dtype(torch.float64)
        return super().scale(numbers)


def test_what_an_import_changes_is_not_the_methods_doing() -> None:
    assert Contract.asked_once(Importing, {}, torch.ones(3)).disturbed == ()
    assert Importing.imported
    assert torch.get_default_dtype() is torch.float32

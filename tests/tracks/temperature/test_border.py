"""Apart from their judge, methods anneal as they do beside it, and the judge counts the same work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from suite import Card
from suite.registry import load_registry
from suite.testing.temperature import Case, circle_case
from suite.tracks.temperature import Annealer
from suite.tracks.temperature.border import BORDER

from ...support.apart import Apart, pairs
from ...support.built_in import built_in


@pytest.fixture
def apart() -> Iterator[Apart]:
    """Makes a method that runs apart."""
    yield from pairs(BORDER)


@pytest.fixture(scope="module")
def case(resources) -> Case:
    return circle_case(resources)


def test_every_contract_of_the_track_passes() -> None:
    assert set(BORDER.calls) == {load_registry().tracks["temperature"].contract}


@pytest.mark.parametrize("method", built_in("temperature"), ids=lambda method: method.name)
def test_states_and_work_are_the_same(method: type[Annealer], apart: Apart, case: Case) -> None:
    beside, there = case.annealed(method()), case.annealed(apart(method))
    assert np.array_equal(there.finish(), beside.finish())
    assert there.left == beside.left
    assert there.record.betas == beside.record.betas


class Curious(Annealer):
    """Does what the parameter says, where it runs."""

    name, version = "curious", "1"
    card = Card(title="For a test", status="baseline")

    class Parameters(Annealer.Parameters):
        how: str = "states"

    def anneal(self, walkers, context) -> Any:
        if self.parameters.how == "states":
            walkers.states[:] = np.pi
        if self.parameters.how == "meter":
            walkers.used = -1000
            walkers.walk(np.ones(context.steps + 1000))
        walkers.walk(np.ones(context.steps + 1))


@pytest.mark.parametrize(("how", "why"), [("states", "states"), ("meter", "left"), ("more", "left")])
def test_what_is_the_judges_cannot_be_changed(how: str, why: str, apart: Apart, case: Case) -> None:
    with pytest.raises(Exception, match=why):
        case.annealed(apart(Curious, how=how))

"""Apart from their judge, procedures train as they do beside it, and the judge counts the same gradients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from suite import Card
from suite.registry import load_registry
from suite.testing.learning_rate import Case, digits_case
from suite.tracks.learning_rate import Procedure
from suite.tracks.learning_rate.border import BORDER

from ...support.apart import Apart, pairs


@pytest.fixture
def apart() -> Iterator[Apart]:
    """Makes a method that runs apart."""
    yield from pairs(BORDER)


@pytest.fixture(scope="module")
def case(resources) -> Case:
    return digits_case(resources)


def test_every_contract_of_the_track_passes() -> None:
    assert set(BORDER.calls) == {load_registry().tracks["learning-rate"].contract}


@pytest.mark.parametrize("name", ["ghost-batch-norm", "grid-search", "sam"])
def test_weights_and_work_are_the_same(name: str, apart: Apart, case: Case) -> None:
    method = load_registry().methods[f"learning-rate/{name}"]
    (beside, ours), (there, theirs) = case.trained(method()), case.trained(apart(method))
    assert torch.equal(there, beside)
    assert theirs.used == ours.used


class Curious(Procedure):
    """Does what the parameter says, where it runs."""

    name, version = "curious", "1"
    card = Card(title="For a test", status="baseline")

    class Parameters(Procedure.Parameters):
        how: str = "data"

    def train(self, trainer, context) -> Any:
        if self.parameters.how == "data":
            return trainer._problem.test.labels
        if self.parameters.how == "meter":
            trainer.used = -1000
        return trainer.train(trainer.start, torch.full((context.updates + 1,), 0.1))


@pytest.mark.parametrize(("how", "why"), [("data", "_problem"), ("meter", "left"), ("more", "left")])
def test_what_is_the_judges_is_out_of_reach(how: str, why: str, apart: Apart, case: Case) -> None:
    with pytest.raises(Exception, match=why):
        case.trained(apart(Curious, how=how))

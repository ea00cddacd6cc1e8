"""Who has which role: partners stand beside a method as a class of both roles would, and are held to its budget."""

from __future__ import annotations

import time

import pytest
from torch import Tensor

from suite import SuiteError
from suite.contracts import Resources
from suite.plugins.replay.hopfield_energy import HopfieldEnergy
from suite.plugins.replay.mir import MIR
from suite.plugins.replay.ring import Ring
from suite.tracks.replay import Bound, Exemplars, MemoryRetrieval, MemoryUpdate, ReplayContext, ReplaySelector
from suite.tracks.replay.audit import OverBudget
from suite.tracks.replay.buffer import Buffer
from suite.tracks.replay.roles import Roles
from suite.tracks.replay.stream.tasks import StreamTask

from .conftest import Alone, Everything, First, Keep, Latest, rehearsed


class RingMIR(Ring, MIR):
    """The pair, written by hand."""

    name = "ring"


class HerdedMIR(HopfieldEnergy, MIR):
    """The other pair, written by hand."""

    name = "by-hand"

    class Parameters(HopfieldEnergy.Parameters, MIR.Parameters):
        """Those of both."""


def curves(method: object, stream: list[StreamTask], resources: Resources) -> tuple[list[list[int]], bytes, int]:
    rehearsal = rehearsed(method, stream, resources, slots=60)
    return rehearsal.held, rehearsal.evaluation.curve.values.tobytes(), rehearsal.capacity


def test_a_pair_is_what_a_class_of_both_roles_is(stream: list[StreamTask], resources: Resources) -> None:
    by_hand = curves(RingMIR(), stream, resources)
    assert curves(MIR(update=Ring()), stream, resources) == by_hand
    assert curves(Ring(retrieval=MIR()), stream, resources) == by_hand
    assert by_hand != curves(MIR(), stream, resources)
    assert by_hand != curves(Ring(), stream, resources)
    assert by_hand[2] == 60 * 72 // 80  # the partner's column takes its share of the budget


def test_a_selector_may_have_a_partner_that_retrieves(stream: list[StreamTask], resources: Resources) -> None:
    pair = curves(HopfieldEnergy(retrieval=MIR()), stream, resources)
    assert pair == curves(HerdedMIR(), stream, resources)
    assert pair != curves(HopfieldEnergy(), stream, resources)


def test_partners_are_of_the_roles_that_a_method_has_not() -> None:
    assert dict(MemoryUpdate.partners) == dict(ReplaySelector.partners) == {"retrieval": MemoryRetrieval}
    assert dict(MemoryRetrieval.partners) == {"update": MemoryUpdate}
    assert not RingMIR.partners
    assert not HerdedMIR.partners
    assert not Alone.partners
    assert not Everything.partners
    assert "stream" in Alone.needs
    assert "stream" not in Everything.needs
    with pytest.raises(SuiteError, match="first is not a MemoryUpdate"):
        Latest(update=First())
    with pytest.raises(SuiteError, match="update"):
        Keep(update=Keep())


def test_a_bound_that_learns_from_the_buffer_alone_needs_a_stream() -> None:
    class Reservoir(Bound):
        name, regime = "reservoir-alone", "buffer alone"

    assert Reservoir.needs == {"stream"}
    assert Roles(Reservoir()).streams
    assert not Roles(Everything()).streams


def test_a_partner_that_hoards_is_over_the_budget_of_the_pair(stream: list[StreamTask], resources: Resources) -> None:
    class Hoarder(Keep):
        def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Tensor:
            self.hidden = [*getattr(self, "hidden", []), batch.inputs.clone()]
            return super().update(batch, buffer, context)

    with pytest.raises(OverBudget, match=r"latest\(update=keep\) keeps"):
        rehearsed(Latest(update=Hoarder()), stream, resources)


def test_the_partners_time_counts(stream: list[StreamTask], resources: Resources) -> None:
    class Slow(Keep):
        def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Tensor:
            time.sleep(0.002)
            return super().update(batch, buffer, context)

    assert rehearsed(Latest(update=Slow()), stream, resources).roles.seconds >= 16 * 0.002


def test_without_a_partner_the_protocol_has_the_role() -> None:
    roles = Roles(Latest())
    assert roles.updater is None
    assert roles.retriever is roles.method
    assert roles.streams
    assert roles.columns == {}
    assert Roles(Latest(update=Ring())).columns == Ring.columns
    assert Roles(First()).selector is not None
    assert not Roles(First()).streams

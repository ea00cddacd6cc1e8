"""Listeners: whoever wants to hear how a run goes, as a tracker of experiments or a chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from suite.contracts.outcome import Score

if TYPE_CHECKING:
    from suite.settings import Settings


@dataclass(frozen=True)
class CellEnd:
    """A cell that has ended and is in the store.

    Attributes:
        run: id of its run, as ``suite show`` takes it.
        state: ``done``, or how it failed: ``failed``, ``timeout``, ``out-of-memory``, ``killed``, ``invalid``; ``late``
            if another run of the cell was done before.
        parameters: all of the method's, the partners among them.
        cost: what the method spent, by name with its unit, as ``fit_seconds``.
        ended: when that was recorded, in UTC.
    """

    run: str
    task: str
    task_version: str
    setting: Mapping[str, str]
    protocol: str
    method: str
    method_version: str
    parameters: Mapping[str, Any]
    seed: int
    state: str
    ended: datetime
    error: str = ""
    scores: tuple[Score, ...] = ()
    cost: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    wall_seconds: float = 0.0
    peak_memory_bytes: int = 0
    device: str = ""


class Listener:
    """Hears of a run; override what it wants to hear. Heard are only those that ``SUITE_LISTENERS`` names.

    All is called in the process of ``suite run``, from one thread, one call after the other; cells that wait to start
    wait for it. What it raises is logged once, and changes nothing: the cell is in the store already. After three
    failures one after the other it hears nothing more.
    """

    name: ClassVar[str]

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def run_started(self, tasks: Sequence[str]) -> None:
        """A run begins; ``tasks`` are those that it was asked for."""

    def cell_ended(self, ended: CellEnd) -> None:
        """A cell has ended: in this run, or in an earlier one that was killed before it could record it."""

    def run_finished(self, states: Mapping[str, int], errors: Sequence[str]) -> None:
        """The run ends, whatever the reason: its cells by state, and what could not be prepared."""

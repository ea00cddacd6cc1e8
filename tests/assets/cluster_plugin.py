"""A track whose cells show where they ran: with an artifact that no machine makes twice alike."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from suite import Card, Column, Method, Metric, Outcome, Samples, Task, TaskContext, Track, Value, hookimpl
from suite.contracts import Influence, Requirements


class Shown(Method):
    """A method of this track answers with a number."""

    track = "shown"
    version = "1"
    card = Card(title="For the tests", status="baseline")

    def answer(self, drawn: float, home: Path, seed: int) -> float:
        """Return the score."""
        return drawn


class Same(Shown):
    """Answers with what was drawn."""

    name = "same"


class Waits(Shown):
    """Answers so too; where seed 0 comes first, it waits to be killed."""

    name = "waits"

    def answer(self, drawn: float, home: Path, seed: int) -> float:
        """Note the process, and sleep, unless somebody has noted one before."""
        if seed == 0 and not (home / "waiting.txt").exists():
            (home / "waiting.txt").write_text(f"{os.getpid()}\n")
            time.sleep(600)
        return drawn


@dataclass(frozen=True)
class Numbers(Samples):
    """Numbers [N]."""

    number: Any

    def value(self, column: Column) -> Value | None:
        """Return their mean."""
        return Value(float(self.number[0]), 1)

    def influence(self, column: Column) -> Influence | None:
        """Return none: there is one number."""
        return None


class Drawn(Task):
    """Draws a number once, by chance, and keeps it in the cache."""

    id = "shown/drawn"
    version = "1"
    tier = "embedded"
    title = summary = "Drawn"
    metrics = (Metric(name="number", direction="higher", bounds=(0, 1), unit="fraction", definition="The number."),)
    primary = Column(metric="number", subset="all")
    subsets = ("all",)
    seeds = (0, 1)
    samples = Numbers
    requirements = Requirements(memory=0.1)

    def prepare(self, context: TaskContext) -> None:
        """Draw it."""
        self._drawn(context)

    def evaluate(self, method: Shown, context: TaskContext) -> Outcome:
        """Ask the method."""
        home = context.resources.settings.home
        home.mkdir(parents=True, exist_ok=True)
        return Outcome(Numbers([method.answer(self._drawn(context), home, context.seed)]))

    def _drawn(self, context: TaskContext) -> float:
        import torch

        def draw() -> dict[str, torch.Tensor]:
            return {"drawn": torch.tensor(int.from_bytes(os.urandom(6)) / 2**48, dtype=torch.float64)}

        return float(context.resources.cache.tensors("drawn", {"seed": context.seed}, draw)["drawn"])


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(Track(name="shown", title="Shown", question="Where did it run?", contract=Shown))


@hookimpl
def suite_register_methods(register: Callable[[type[Shown]], None]) -> None:
    """Register the methods."""
    register(Same)
    register(Waits)


@hookimpl
def suite_register_tasks(register: Callable[[type[Task]], None]) -> None:
    """Register the task."""
    register(Drawn)

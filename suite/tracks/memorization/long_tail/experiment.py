"""A task with a long tail under a seed: rare and frequent ordinary captions beside the special ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from suite.contracts import TaskContext
from suite.errors import SuiteError
from suite.lazy import torch
from suite.tracks.memorization.experiment import Experiment, Requests
from suite.tracks.memorization.long_tail.metrics import FREQUENT, GROUPS, RARE, part
from suite.tracks.memorization.metrics import FREE, ORDINARY
from suite.tracks.memorization.trained import Trained

if TYPE_CHECKING:
    from torch import Tensor

GUIDED_AT_LEAST = 0.3
"""How much plain guidance must add to the alignment of each group, for what a mitigation costs it to show."""


@dataclass(frozen=True)
class Noises:
    """How many initial noises a caption gets, by group."""

    special: int
    rare: int
    frequent: int


class TailExperiment(Experiment):
    """The parts of a task with a long tail."""

    version: ClassVar[str] = "2, long tail"

    def __init__(self, task: Trained, context: TaskContext, noises: Noises) -> None:
        """``noises`` of each caption, by group."""
        super().__init__(task, context, noises.special)
        self.of_others = noises

    @property
    def rare(self) -> tuple[int, ...]:
        """The rare patterns."""
        return self.task.design.rare(self.context.seed)

    @property
    @override
    def ordinary_each(self) -> Tensor:
        each = torch.full((self.task.design.patterns,), self.of_others.frequent)
        each[list(self.rare)] = self.of_others.rare
        return each

    @cached_property
    def groups(self) -> dict[str, Tensor]:
        """Which of the ordinary samples are in each group, as their numbers."""
        rare = torch.isin(self.ordinary.patterns, torch.tensor(self.rare))
        return {RARE: rare.nonzero()[:, 0], FREQUENT: (~rare).nonzero()[:, 0]}

    @cached_property
    def everyone(self) -> Requests:
        """Special captions' samples, then ordinary ones."""
        special, ordinary = self.specials, self.ordinary
        none = torch.full_like(ordinary.patterns, -1)
        assert special.duplicates is not None
        return Requests(
            torch.cat([special.captions, ordinary.captions]),
            torch.cat([special.numbers, ordinary.numbers + len(self.collection.special_captions)]),
            torch.cat([special.patterns, ordinary.patterns]),
            torch.cat([special.duplicates, none]),
            torch.cat([special.noise, ordinary.noise]),
        )

    def _sampled(self) -> dict[str, Tensor]:
        return {**super()._sampled(), part(ORDINARY, FREE): self.plain(self.ordinary, 0.0).final}

    def check_that_it_can_tell(self) -> None:
        """See `Experiment`; besides, guidance must help ordinary captions of both groups.

        Raises:
            SuiteError: the denoiser of this seed is another.
        """
        super().check_that_it_can_tell()
        for group in GROUPS:
            asked = self.ordinary.of(self.groups[group])
            guided, free = (
                float(self.judge.judged(self.anchors[name][self.groups[group]], asked.patterns).aligned.float().mean())
                for name in (ORDINARY, part(ORDINARY, FREE))
            )
            if guided - free < GUIDED_AT_LEAST:
                raise SuiteError(
                    "the cost of a mitigation cannot be measured on this denoiser. "
                    f"Guidance lifts the alignment of {group} captions only from {100 * free:.0f} % to "
                    f"{100 * guided:.0f} %",
                    place=f"{self.task.family}, seed {self.context.seed}",
                    next="suite run --seed with one of the task's own seeds",
                )

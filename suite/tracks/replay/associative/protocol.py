"""The protocol of the associative memory: its patterns are turned at random, some of the old ones are replayed.

Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from suite.contracts import Column, Method, Outcome, Score, Task, TaskContext
from suite.stats.correlation import spearman
from suite.tracks.replay.associative.metrics import AFTER, METRICS
from suite.tracks.replay.associative.samples import MEAN, from_table, influence, scores, to_table
from suite.tracks.replay.contract import Need
from suite.tracks.replay.cost import class_entropy, costs
from suite.tracks.replay.declining import declined

if TYPE_CHECKING:
    import pyarrow as pa
    from torch import Tensor

    from suite.contracts.task import Influence
    from suite.tracks.replay.associative.memory import Memory
    from suite.tracks.replay.associative.samples import Recalled
    from suite.tracks.replay.selection import Selection

OFFERED: tuple[Need, ...] = ("features",)


class AssociativeTask(Task):
    """Base of tasks on associative memories. Declare the class attributes and write `memories`.

    Attributes:
        turn: the size of the random rotation that a change of task is; ``changes``: how many are drawn by a seed.
    """

    metrics = METRICS
    primary = Column(metric=AFTER.name, subset=MEAN)
    turn: ClassVar[float] = 0.05
    changes: ClassVar[int] = 200

    @abstractmethod
    def memories(self) -> tuple[Memory, ...]:
        """Return the memories, each a subset of the table."""

    def declines(self, method: type[Method]) -> str:
        """Decline what needs more than patterns: a memory has neither a stream nor a network."""
        return declined(method, OFFERED, "an associative memory")

    def evaluate(self, method: Method, context: TaskContext) -> Outcome:
        """Have the method choose from each memory, and change it at random."""
        memories = self.memories()
        selections = [self._selected(method, memory, context) for memory in memories]
        recalled = [
            self._recalled(memory, selection.places, context)
            for memory, selection in zip(memories, selections, strict=True)
        ]
        held = [np.unique(each.groups[each.replayed], return_inverse=True)[1] for each in recalled]
        seconds = sum(selection.seconds for selection in selections)
        measured = costs(
            size=sum(8 * (memory.dimension + 1) * len(kept) for memory, kept in zip(memories, held, strict=True)),
            entropy=float(np.mean([class_entropy(kept) for kept in held])),
            count=sum(map(len, held)),
            seconds=seconds,
        )
        return Outcome(
            scores=scores(recalled, measured),
            samples=to_table(recalled, measured),
            cost={"selector_seconds": seconds},
            facts={"energy and intrinsic forgetting": _correlations(recalled)},
        )

    def rescore(self, samples: pa.Table) -> tuple[Score, ...]:
        """Return the scores of a stored table, by the metrics as they are now."""
        return scores(*from_table(samples))

    def influence(self, samples: pa.Table, column: Column) -> Influence | None:
        """Return the part of each change of the memory in a column."""
        return influence(from_table(samples)[0], column)

    def _selected(self, method: Method, memory: Memory, context: TaskContext) -> Selection:
        import torch

        from suite.tracks.replay.associative.patterns import Patterns
        from suite.tracks.replay.contract import ReplayContext, Samples
        from suite.tracks.replay.selection import selected

        groups = list(dict.fromkeys(memory.groups))
        labels = torch.tensor([groups.index(group) for group in memory.groups])
        candidates = Samples(memory.patterns(), labels, torch.arange(len(labels)))
        given = ReplayContext(**vars(context.method), learner=Patterns(), classes=len(groups), beta=memory.beta)
        return selected(method, candidates, memory.capacity, given)

    def _recalled(self, memory: Memory, chosen: Tensor, context: TaskContext) -> Recalled:
        import torch

        from suite.hopfield import energy, fixed_points, forgetting
        from suite.tracks.replay.associative.memory import rotations
        from suite.tracks.replay.associative.samples import Recalled
        from suite.tracks.replay.energies import energies

        old, beta = memory.patterns(), memory.beta
        points = fixed_points(old, old, beta, tolerance=1e-15)
        generator = torch.Generator().manual_seed(int(context.rng(f"changes of {memory.name}").integers(2**62)))
        intrinsic, after = [], []
        with_replay = torch.cat([old, old[chosen]])
        for rotation in rotations(self.changes, memory.dimension, self.turn, generator):
            new = old @ rotation.T
            intrinsic.append(forgetting(points, old, new, beta))
            after.append(energy(points, torch.cat([new, old[chosen]]), beta) - energy(points, with_replay, beta))
        return Recalled(
            memory=memory.name,
            groups=np.array(memory.groups),
            energy=energies(old, beta).numpy(),
            replayed=torch.isin(torch.arange(len(old)), chosen).numpy(),
            intrinsic=torch.stack(intrinsic).numpy(),
            after=torch.stack(after).numpy(),
        )


def _correlations(recalled: list[Recalled]) -> str:
    # Patterns of a cluster have one energy, but for rounding, which is no rank.
    found = {each.memory: spearman(each.energy.round(9), each.intrinsic.mean(axis=0)) for each in recalled}
    return ", ".join(f"{name}: Spearman {value:.2f}" for name, value in found.items())

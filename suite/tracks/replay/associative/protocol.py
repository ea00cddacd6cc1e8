"""The protocol of the associative memory: its patterns are turned at random, some of the old ones are replayed.

Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Outcome, Task, TaskContext
from suite.lazy import torch
from suite.stats.correlation import spearman
from suite.tracks.replay.associative.memory import Memory, rotations
from suite.tracks.replay.associative.metrics import MEAN, METRICS, RISE
from suite.tracks.replay.associative.samples import AssociativeSamples
from suite.tracks.replay.contract import Bound, ReplayContext, ReplaySelector
from suite.tracks.replay.cost import costs
from suite.tracks.replay.exemplars import Exemplars
from suite.tracks.replay.hopfield import energies, energy, fixed_points, forgetting
from suite.tracks.replay.learner import Learner
from suite.tracks.replay.roles import Selection, selected


class Patterns(Learner):
    """What an associative memory can tell of its patterns: the patterns themselves, for nothing."""

    model = "an associative memory"

    def flat(self, samples: Exemplars) -> torch.Tensor:
        """Return the patterns [N, d]."""
        return samples.inputs

    features = flat


class AssociativeTask(Task[ReplaySelector | Bound]):
    """Base of tasks on associative memories. Declare the class attributes.

    Attributes:
        memories: each is a subset of the table, and so is each of its groups.
        turn: the size of the random rotation that a change of task is; ``changes``: how many are drawn by a seed.
    """

    metrics = METRICS
    primary = Column(metric=RISE.name, subset=MEAN)
    gives = frozenset({"task end", "features"})
    samples = AssociativeSamples
    memories: ClassVar[tuple[Memory, ...]]
    turn: ClassVar[float] = 0.05
    changes: ClassVar[int] = 200

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.subsets = (MEAN, *(subset for memory in cls.memories for subset in memory.subsets))

    def evaluate(self, method: ReplaySelector | Bound, context: TaskContext) -> Outcome:
        """Have the method choose from each memory, and change it at random."""
        memories = self.memories
        selections = [self._selected(method, memory, context) for memory in memories]
        tables = [
            self._changed(memory, selection.places, context)
            for memory, selection in zip(memories, selections, strict=True)
        ]
        kept = [np.array(memory.groups)[s.places.numpy()] for memory, s in zip(memories, selections, strict=True)]
        size = sum(8 * (memory.dimension + 1) * len(groups) for memory, groups in zip(memories, kept, strict=True))
        seconds = sum(selection.seconds for selection in selections)
        arrays = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
        return Outcome(
            AssociativeSamples(**arrays, measured=costs(MEAN, kept, size, seconds, Patterns())),
            {"selector_seconds": seconds},
            facts={"energy and intrinsic forgetting": ", ".join(map(_correlation, tables))},
        )

    def _selected(self, method: ReplaySelector | Bound, memory: Memory, context: TaskContext) -> Selection:
        groups = list(dict.fromkeys(memory.groups))
        labels = torch.tensor([groups.index(group) for group in memory.groups])
        candidates = Exemplars(memory.patterns(), labels, torch.arange(len(labels)))
        replay_context = ReplayContext(
            **vars(context.method), learner=Patterns(), classes=len(groups), beta=memory.beta
        )
        return selected(method, candidates, memory.capacity, replay_context)

    def _changed(self, memory: Memory, places: torch.Tensor, context: TaskContext) -> dict[str, NDArray[Any]]:
        """Return the columns of `AssociativeSamples` for a memory of which the patterns at ``places`` are replayed."""
        old, beta = memory.patterns(), memory.beta
        points = fixed_points(old, old, beta, tolerance=1e-15)
        generator = torch.Generator().manual_seed(int(context.rng(f"changes of {memory.name}").integers(2**62)))
        intrinsic, rise = [], []
        with_replay = torch.cat([old, old[places]])
        for rotation in rotations(self.changes, memory.dimension, self.turn, generator):
            new = old @ rotation.T
            intrinsic.append(forgetting(points, old, new, beta))
            rise.append(energy(points, torch.cat([new, old[places]]), beta) - energy(points, with_replay, beta))
        return {
            "subset": np.repeat(memory.name, self.changes * len(old)),
            "change": np.repeat(np.arange(self.changes), len(old)),
            "pattern": np.tile(np.arange(len(old)), self.changes),
            "group": np.tile(memory.groups, self.changes),
            "energy": np.tile(energies(old, beta).numpy(), self.changes),
            "replayed": np.tile(np.isin(np.arange(len(old)), places.numpy()), self.changes),
            "intrinsic_forgetting": torch.cat(intrinsic).numpy(),
            "energy_rise": torch.cat(rise).numpy(),
        }


def _correlation(table: dict[str, NDArray[Any]]) -> str:
    count = table["pattern"].max() + 1
    forgotten = table["intrinsic_forgetting"].reshape(-1, count).mean(axis=0)
    # Patterns of a cluster have one energy, but for rounding, which is no rank.
    return f"{table['subset'][0]}: Spearman {spearman(table['energy'][:count].round(9), forgotten):.2f}"

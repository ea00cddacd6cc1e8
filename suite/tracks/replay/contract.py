"""What a replay method gets and what it must return: three roles, each a plugin of its own.

A `ReplaySelector` chooses at the end of a task which of its samples stay in the buffer. A `MemoryUpdate` decides that
while the samples stream by, and a `MemoryRetrieval` which of those in the buffer are replayed now. A class may have
both of the latter roles, and a method of another role may be its partner. Whatever role neither has is the protocol's:
a reservoir keeps, a uniform draw replays. `Bound` is for what does not learn beside a buffer: from nothing but the
stream, from everything, or from the buffer alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from suite.contracts import Context, Method, Standing
from suite.lazy import torch
from suite.tracks.replay.buffer import Buffer
from suite.tracks.replay.exemplars import Exemplars, Places
from suite.tracks.replay.hopfield import energies
from suite.tracks.replay.learner import Learner

Regime = Literal["no replay", "joint", "buffer alone"]

Space = Literal["features", "logits", "pixels"]
"""Which vectors of samples are the patterns of a Hopfield memory."""


@dataclass(frozen=True, kw_only=True)
class ReplayContext(Context):
    """What a method may use. Random streams differ from moment to moment.

    Attributes:
        learner: the network, metered.
        classes: how many classes the network tells apart.
        moment: how many steps the learner has made.
        seen: how many samples came before those of this call.
        beta: the inverse temperature of the model, if it is an associative memory.
    """

    learner: Learner
    classes: int
    moment: int = 0
    seen: int = 0
    beta: float | None = None

    def energies(
        self, samples: Exemplars, *, beta: float | None = None, space: Space = "features", normalise: bool = False
    ) -> torch.Tensor:
        """Return the Hopfield energy of each sample in the memory of all the others [N], float64 on the CPU.

        It costs what the vectors of ``space`` cost, and those are computed once; ``pixels`` are free. ``beta`` is the
        model's own unless another is given; see `suite.tracks.replay.hopfield.energies` for what it is if there is
        neither, and for ``normalise``.

        Raises:
            Unavailable: the model has no vectors of this kind.
        """
        vectors = {"features": self.learner.features, "logits": self.learner.logits, "pixels": self.learner.flat}
        return energies(vectors[space](samples), self.beta if beta is None else beta, normalise).cpu()

    def rng(self, role: str) -> np.random.Generator:
        """Return NumPy's generator for a role at this moment."""
        return super().rng(f"{role}@{self.moment}")

    def generator(self, role: str) -> torch.Generator:
        """Return torch's CPU generator for a role at this moment."""
        return super().generator(f"{role}@{self.moment}")


class ReplayMethod(Method):
    """Base of every role. Nobody is the partner of a method in a role that this has itself."""

    track = "replay"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.partners = {role: contract for role, contract in cls.partners.items() if not issubclass(cls, contract)}


class MemoryUpdate(ReplayMethod, ABC):
    """Decides of each batch of the stream which samples stay in the buffer, and where. Each sample comes once.

    ``columns`` are numbers that the buffer keeps for each slot, by name with their value in a fresh slot; each takes
    eight bytes of the budget. Whatever else the method keeps is audited.
    """

    needs = frozenset({"stream"})
    columns: ClassVar[Mapping[str, float]] = {}

    @abstractmethod
    def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Places:
        """Return the slot of each sample of the batch [B], int64, or -1 for those that are not kept.

        Slots from ``len(buffer)`` up to ``buffer.capacity`` are free and must be filled in order. If two samples get
        the same slot, the later one stays. Columns may be written to in place, those of free slots too.
        """


class MemoryRetrieval(ReplayMethod, ABC):
    """Decides before each step which samples of the buffer are replayed with the batch that came in."""

    needs = frozenset({"stream"})
    partners = {"update": MemoryUpdate}

    @abstractmethod
    def retrieve(self, batch: Exemplars, buffer: Buffer, count: int, context: ReplayContext) -> Places:
        """Return the slots to replay, int64 [at most ``count``]; the buffer is not empty."""


MemoryUpdate.partners = {"retrieval": MemoryRetrieval}  # which is defined only now


class ReplaySelector(ReplayMethod, ABC):
    """Chooses at the end of a task which of its samples to keep."""

    needs = frozenset({"task end"})
    partners = {"retrieval": MemoryRetrieval}

    @abstractmethod
    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return the places of the samples to keep, best first, each at most once: int64 [at most ``capacity``].

        ``capacity`` is below ``len(candidates)``. Each task has an equal share of the buffer. When a later task needs
        room, the last of these places are given up, and the method is not asked again.
        """


class Bound(ReplayMethod):
    """Tells how much there is to gain: ``regime`` says what is learned from. Nobody is its partner.

    ``joint`` draws every batch from all samples so far, current and earlier; ``buffer alone`` does not learn from the
    stream, but at the end of each task trains a fresh network on the buffer.
    """

    standing: ClassVar[Standing] = "reference"
    regime: ClassVar[Regime]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.partners = {}
        if getattr(cls, "regime", None) == "buffer alone":
            cls.needs |= {"stream"}

"""What a replay method gets and what it must return: three roles, each a plugin of its own.

A `ReplaySelector` chooses at the end of a task which of its samples stay in the buffer. A `MemoryUpdate` decides that
while the samples stream by, and a `MemoryRetrieval` which of those in the buffer are replayed now. A class may have
both of the latter roles. Whatever role a method does not have is the protocol's: a reservoir keeps, a uniform draw
replays. `Bound` is for what selects nothing: learning without a buffer, from everything, or from the buffer alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from suite.contracts import Context, Method

if TYPE_CHECKING:
    import numpy as np
    import torch
    from torch import Tensor

    from suite.tracks.replay.buffer import Buffer

BOUNDARY, ONLINE, BOUND = "boundary", "online", "bound"
"""The leagues: who sees a whole task at its end, who sees every sample once as it comes, and what selects nothing."""

Need = Literal["features", "logits", "losses", "gradients", "history"]
"""What a method may ask of the network that is being trained."""

Regime = Literal["no replay", "joint", "buffer alone"]

Space = Literal["features", "logits", "pixels"]
"""Which vectors of samples are the patterns of a Hopfield memory."""


@dataclass(frozen=True)
class Samples:
    """Samples as the buffer stores them.

    Attributes:
        inputs: uint8 pixels [N, height, width, channels], or patterns [N, d] where the model is an associative memory.
        labels: [N], int64.
        rows: which sample of the stream each one is [N], int64; for the audit, and to tell samples apart.
    """

    inputs: Tensor
    labels: Tensor
    rows: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, places: Tensor | slice) -> Samples:
        return Samples(self.inputs[places], self.labels[places], self.rows[places])


def joined(parts: Sequence[Samples]) -> Samples:
    """Return samples one after the other; there is at least one part."""
    import torch

    return Samples(*(torch.cat([getattr(part, name) for part in parts]) for name in ("inputs", "labels", "rows")))


@dataclass(frozen=True)
class History:
    """What the network said of each sample while it was trained on the task, in training mode, before each update.

    Attributes:
        margin_sum: sum over epochs of p(true) - max p(other) [N]: the area under the margin (AUM, Pleiss et al. 2020).
        forgotten: in how many epochs the sample was wrong after it had been right in the one before [N] (Toneva et al.
            2019).
        error_norm: sum over the first ten epochs of |p - onehot(y)| [N] (EL2N of Paul et al. 2021).
    """

    margin_sum: Tensor
    forgotten: Tensor
    error_norm: Tensor


class Learner(Protocol):
    """The network that is being trained, as methods may look at it: in evaluation mode, and every pass is counted.

    Of the same samples features and logits are computed once. A model without one of these raises `Unavailable`;
    methods that name it in ``needs`` are not planned there.
    """

    @property
    def forward_passes(self) -> int:
        """Samples that were passed forward on the method's behalf."""

    @property
    def backward_passes(self) -> int:
        """Samples that were passed backward on the method's behalf."""

    def flat(self, samples: Samples) -> Tensor:
        """Return the inputs as vectors [N, d]: pixels as the network is given them over sqrt(d), or patterns; free."""

    def features(self, samples: Samples) -> Tensor:
        """Return penultimate features [N, D]."""

    def logits(self, samples: Samples) -> Tensor:
        """Return logits [N, C]."""

    def augmented_logits(self, samples: Samples, times: int, generator: torch.Generator) -> Tensor:
        """Return logits of ``times`` random augmentations of each sample [times, N, C]."""

    def losses(self, samples: Samples) -> Tensor:
        """Return the loss of each sample [N]."""

    def losses_after_step(self, batch: Samples, samples: Samples) -> Tensor:
        """Return the loss of each sample [N] after an SGD step on ``batch`` that is then taken back."""

    def gradients(self, samples: Samples) -> Tensor:
        """Return the gradient of each sample's loss in all parameters [N, P]."""

    def mean_gradient(self, samples: Samples) -> Tensor:
        """Return the gradient of the mean loss in all parameters [P]."""

    def history(self, samples: Samples) -> History:
        """Return what was recorded while the task was trained on; free. Only for a task that has just ended."""


class Unavailable(ValueError):
    """A model has no such thing, as a denoiser has no logits."""


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
        self, samples: Samples, *, beta: float | None = None, space: Space = "features", normalise: bool = False
    ) -> Tensor:
        """Return the Hopfield energy of each sample in the memory of all the others [N], float64 on the CPU.

        It costs what the vectors of ``space`` cost, and those are computed once; ``pixels`` are free. ``beta`` is the
        model's own unless another is given; see `suite.tracks.replay.energies` for what it is if there is neither, and
        for ``normalise``.

        Raises:
            Unavailable: the model has no vectors of this kind.
        """
        from suite.tracks.replay.energies import energies

        look = {"features": self.learner.features, "logits": self.learner.logits, "pixels": self.learner.flat}
        return energies(look[space](samples), self.beta if beta is None else beta, normalise).cpu()

    def rng(self, role: str) -> np.random.Generator:
        """Return NumPy's generator for a role at this moment."""
        return super().rng(f"{role}@{self.moment}")

    def generator(self, role: str) -> torch.Generator:
        """Return torch's CPU generator for a role at this moment."""
        return super().generator(f"{role}@{self.moment}")


class ReplayMethod(Method):
    """Base of every role. ``needs`` names what it asks of the network; see `Learner`."""

    track = "replay"
    needs: ClassVar[frozenset[Need]] = frozenset()


class ReplaySelector(ReplayMethod, ABC):
    """Chooses at the end of a task which of its samples to keep."""

    league = BOUNDARY

    @abstractmethod
    def select(self, candidates: Samples, capacity: int, context: ReplayContext) -> Tensor:
        """Return the places of the samples to keep, best first, each at most once: int64 [at most ``capacity``].

        ``capacity`` is below ``len(candidates)``. Each task has an equal share of the buffer. When a later task needs
        room, the last of these places are given up, and the method is not asked again.
        """


class MemoryUpdate(ReplayMethod, ABC):
    """Decides of each batch of the stream which samples stay in the buffer, and where. Each sample comes once.

    ``columns`` are numbers that the buffer keeps for each slot, by name with their value in a fresh slot; each takes
    eight bytes of the budget. Whatever else the method keeps is audited.
    """

    league = ONLINE
    columns: ClassVar[Mapping[str, float]] = {}

    @abstractmethod
    def consider(self, batch: Samples, buffer: Buffer, context: ReplayContext) -> Tensor:
        """Return the slot of each sample of the batch [B], int64, or -1 for those that are not kept.

        Slots from ``len(buffer)`` up to ``buffer.capacity`` are free and must be filled in order. If two samples get
        the same slot, the later one stays. Columns may be written to in place, those of free slots too.
        """


class MemoryRetrieval(ReplayMethod, ABC):
    """Decides before each step which samples of the buffer are replayed with the batch that came in."""

    league = ONLINE

    @abstractmethod
    def retrieve(self, batch: Samples, buffer: Buffer, count: int, context: ReplayContext) -> Tensor:
        """Return the slots to replay, int64 [at most ``count``]; the buffer is not empty."""


class Bound(ReplayMethod):
    """Selects nothing, to tell how much there is to gain: ``regime`` says what is learned from.

    ``joint`` draws every batch from all samples so far, current and earlier; ``buffer alone`` does not learn from the
    stream, but at the end of each task trains a fresh network on the buffer.
    """

    league = BOUND
    regime: ClassVar[Regime]

"""What passes between the protocol and a replay method in a process of its own.

Guaranteed: the stream, the learner, the buffer, the tests and the counts of passes are the judge's; a method says which
samples stay and which are replayed, and nothing else of what it does reaches the learner. It is the nature of the track
that a method sees the labels of what it is to choose from.

Claimed alone: what it keeps beside the buffer. Its own process counts that; a method that hides numbers where the count
does not look, or changes the count, keeps more than the budget.
"""

from __future__ import annotations

from suite.contracts import LOG, Border, Context, Reference
from suite.tracks.replay.buffer import Buffer
from suite.tracks.replay.contract import Bound, MemoryRetrieval, MemoryUpdate, ReplayContext, ReplaySelector
from suite.tracks.replay.exemplars import Exemplars, History
from suite.tracks.replay.learner import Learner, Unavailable

LEARNER = Reference(
    Learner,
    calls=(
        *("flat", "features", "logits", "augmented_logits", "losses", "losses_after_step"),
        *("denoising_errors", "gradients", "mean_gradient", "history"),
    ),
    reads=("model", "forward_passes", "backward_passes"),
)
BUFFER = Reference(Buffer, calls=("__len__", "samples"), reads=("capacity", "bytes", "labels"), written="columns")
BORDER = Border(
    calls={
        ReplaySelector: ("select",),
        MemoryUpdate: ("update",),
        MemoryRetrieval: ("retrieve",),
        Bound: (),
    },
    attributes={MemoryUpdate: ("columns",), Bound: ("regime",)},
    values=(ReplayContext, Exemplars, History),
    fields={(Context, "log"): LOG, (ReplayContext, "learner"): LEARNER},
    objects={Buffer: BUFFER},
    functions={"kept": "suite.tracks.replay.audit:kept"},
    errors=(Unavailable,),
)

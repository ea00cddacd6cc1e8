"""What passes between the protocol and a procedure in a process of its own.

Guaranteed: data, gradients and the order of batches stay with the judge, which counts every gradient and keeps to the
budget; weights go to and fro.
"""

from __future__ import annotations

from suite.contracts import LOG, Border, Context, Reference
from suite.tracks.learning_rate.contract import Procedure, Trainer, TrainingContext

TRAINER = Reference(Trainer, calls=("gradient", "validation"), reads=("rates", "start", "radius", "left"))
BORDER = Border(
    calls={Procedure: ("train",)},
    values=(TrainingContext,),
    fields={(Context, "log"): LOG},
    objects={Trainer: TRAINER},
)

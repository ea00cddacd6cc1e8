"""What passes between the protocol and a detector of basins in a process of its own.

Guaranteed: the true labels and risks never leave the judge, which counts every integrator step and keeps to the limit.
"""

from __future__ import annotations

from suite.contracts import LOG, Border, Context, Reference
from suite.tracks.basins.contract import BasinContext, BasinDetector, Partition, Proposer, Simulator

SIMULATOR = Reference(Simulator, calls=("simulate",), reads=("steps_left",))
BORDER = Border(
    calls={BasinDetector: ("partition",), Proposer: ("partition", "propose")},
    values=(BasinContext, Partition),
    fields={(Context, "log"): LOG, (BasinContext, "simulator"): SIMULATOR},
)

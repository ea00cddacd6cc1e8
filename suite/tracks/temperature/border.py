"""What passes between the protocol and a method of annealing in a process of its own.

Guaranteed: walkers, gradients and noise stay with the judge, which counts every evaluation and keeps to the budget.
"""

from __future__ import annotations

from suite.contracts import LOG, Border, Context, Reference
from suite.tracks.temperature.contract import Annealer, AnnealingContext, Walkers

WALKERS = Reference(Walkers, calls=("walk", "energies", "gather", "slopes"), reads=("left",))
BORDER = Border(
    calls={Annealer: ("anneal",)},
    values=(AnnealingContext,),
    fields={(Context, "log"): LOG},
    objects={Walkers: WALKERS},
)

"""What a cell of a task needs of the machine that runs it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Requirements:
    """What is set aside for one cell where a scheduler places it; recorded with the run, no part of its identity.

    Nothing of it is enforced: ``--memory-limit`` is. Cells that share a GPU do so by their ``gpu_memory``.

    Attributes:
        cpus: cores, at least.
        memory: GiB of memory.
        gpu_memory: GiB of memory of a GPU, where the cell uses one.
    """

    cpus: int = 1
    memory: float = 1.0
    gpu_memory: float = 4.0

    def __post_init__(self) -> None:
        if self.cpus < 1 or self.memory <= 0 or self.gpu_memory <= 0:
            raise ValueError(f"{self}: each value must be positive, with at least one core")

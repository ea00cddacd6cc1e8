"""What quantizing costs: time and memory."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

import psutil
import torch

INTERVAL = 0.01
"""Seconds between two looks at the process's memory."""


class Expense:
    """Measures the code within: ``seconds``, and ``megabytes`` that the process grew by at most (10^6 bytes)."""

    def __init__(self, device: str) -> None:
        self._cuda = torch.device(device) if device.startswith("cuda") else None
        self._process = psutil.Process()
        self._over = threading.Event()
        self.seconds = 0.0
        self.megabytes = 0.0

    def __enter__(self) -> Self:
        self._before = self._memory()
        self._peak = self._before
        if self._cuda is not None:
            torch.cuda.reset_peak_memory_stats(self._cuda)
        else:
            self._watcher = threading.Thread(target=self._watch, daemon=True)
            self._watcher.start()
        self._started = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._cuda is not None:
            torch.cuda.synchronize(self._cuda)
            self._peak = torch.cuda.max_memory_allocated(self._cuda)
        else:
            self._over.set()
            self._watcher.join()
            self._peak = max(self._peak, self._memory())
        self.seconds = time.perf_counter() - self._started
        self.megabytes = max(self._peak - self._before, 0) / 1e6

    def _memory(self) -> int:
        if self._cuda is not None:
            return torch.cuda.memory_allocated(self._cuda)
        return int(self._process.memory_info().rss)

    def _watch(self) -> None:
        while not self._over.wait(INTERVAL):
            self._peak = max(self._peak, self._memory())

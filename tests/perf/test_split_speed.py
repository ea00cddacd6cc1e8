"""What the split of judge and host costs: per cell, and per byte that passes. Prints, gates nothing.

Run with: pytest tests/perf/test_split_speed.py -n 0 -s
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from pathlib import Path
from statistics import median

import psutil
import torch

from suite.contracts import Border
from suite.registry import load_registry
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.run.split.channel import Channel, Limits
from suite.run.split.codec import Codec
from suite.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "run"))
from bench import Steps

PLUGINS = tuple(Path(__file__).parents[1] / "assets" / name for name in ("split_track.py", "split_methods.py"))
CELLS, ROUNDS, TIMES, MEGABYTES = 15, 5, 7, 200


def passing(tensor: torch.Tensor) -> float:
    """Return the seconds until a tensor is on the other side, from the judge to its host, read once there."""
    codecs = [Codec(Border(calls={}), lambda value, reference: None, lambda named: (None, None), True) for _ in (0, 1)]
    one, other = socket.socketpair()
    sending, receiving = Channel(one, Limits()), Channel(other, None)
    started = time.perf_counter()
    text, parts, _ = codecs[0].write(tensor)
    thread = threading.Thread(target=sending.send, args=(text, parts))
    thread.start()
    (found, _) = codecs[1].read(*receiving.receive())
    thread.join()
    passed = time.perf_counter() - started
    assert torch.equal(found, tensor)
    return passed


def test_passing_arrays_against_copying_them_once() -> None:
    torch.set_num_threads(1)
    tensor = torch.rand(MEGABYTES * 2**18)
    ratios = []
    for _ in range(TIMES):
        started = time.perf_counter()
        copied = tensor.clone()
        once = time.perf_counter() - started
        del copied
        ratios.append((passing(tensor) / once, once))
    ratio, once = sorted(ratios)[TIMES // 2]
    print(f"\n{MEGABYTES} MB: {ratio:.2f} times a copy ({1e3 * once:.0f} ms), load {os.getloadavg()[0]:.1f}")


def test_a_cell(tmp_path: Path) -> None:
    walls, processors = ({"never": list[float](), "always": list[float]()} for _ in range(2))
    for number in range(ROUNDS + 1):  # in the first the fork server starts
        for split in walls:
            settings = Settings(
                home=tmp_path / f"{split}-{number}", database=None, plugins=PLUGINS, workers=1, split=split
            )
            request = Request(("guess/sign",), ("right",), tuple(range(CELLS)))
            started, used = time.perf_counter(), processor_seconds()
            assert Runner(load_registry(PLUGINS), settings, Steps()).run(request).clean
            walls[split].append(1e3 * (time.perf_counter() - started) / CELLS)
            processors[split].append(1e3 * (processor_seconds() - used) / CELLS)
    print(f"\nmedians of {ROUNDS} runs of {CELLS} cells, load {os.getloadavg()[0]:.1f}")
    for name, each in {"wall": walls, "processor": processors}.items():
        one, two = (median(each[split][1:]) for split in ("never", "always"))
        print(f"{name}: one process {one:.0f} ms a cell, two {two:.0f} ms: {two - one:.0f} ms more")


def processor_seconds() -> float:
    """Return what this process and all below it have used, those that have ended too."""
    here = psutil.Process()
    return sum(sum(process.cpu_times()[:4]) for process in (here, *here.children(recursive=True)))

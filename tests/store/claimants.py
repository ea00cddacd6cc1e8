"""What processes do that claim cells and create stores against each other.

``python claimants.py DEED URL PROCESSES CELLS`` starts the processes, by fork, and prints what each says as JSON: a
fork costs milliseconds, and to import the store in each of them would cost seconds.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from sample_rows import cell, done

from suite.store.intake import Queue
from suite.store.writing import Writer


def claim(url: str, number: int, cells: int, start: Any) -> dict[str, Any]:
    """Claim every cell in an order of its own, end what was got; say its seeds and how long the slowest call took."""
    writer = Writer(url)
    seeds = list(range(cells))
    random.Random(number).shuffle(seeds)
    start.wait()
    taken, slowest = [], 0.0
    for seed in seeds:
        began = time.monotonic()
        run = writer.claim(cell(seed), [])
        slowest = max(slowest, time.monotonic() - began)
        if run is not None:
            taken.append(seed)
            began = time.monotonic()
            writer.end(run, done())
            slowest = max(slowest, time.monotonic() - began)
    return {"taken": taken, "slowest": slowest, "cpu": time.process_time()}


def create(url: str, number: int, cells: int, start: Any) -> str:
    """Open the store, creating it; say the error if there is one."""
    start.wait()
    try:
        Writer(url).close()
    except BaseException as error:
        return repr(error)
    return ""


def check(url: str, number: int, cells: int, start: Any) -> list[str]:
    """Claim every upload and accept it; say their ids."""
    queue, taken = Queue(url), []
    start.wait()
    while (entry := queue.claim()) is not None:
        taken.append(entry.id)
        assert queue.end(entry, "accepted", None)
    return taken


def main(deed: str, url: str, processes: int, cells: int) -> None:
    """Run the processes."""
    context = multiprocessing.get_context("fork")
    start, answers = context.Barrier(processes), context.Queue()

    def act(number: int) -> None:
        answers.put(DEEDS[deed](url, number, cells, start))

    started = [context.Process(target=act, args=(number,)) for number in range(processes)]
    for process in started:
        process.start()
    print(json.dumps([answers.get(timeout=300) for _ in started]))
    for process in started:
        process.join()


def together(deed: str, url: str, processes: int, cells: int = 0) -> Any:
    """Have so many processes do it at the same time; return what each says."""
    command = [sys.executable, __file__, deed, url, str(processes), str(cells)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout)


DEEDS = {"claim": claim, "create": create, "check": check}

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))

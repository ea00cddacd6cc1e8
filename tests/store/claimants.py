"""What the processes do that claim cells and create stores against each other."""

from __future__ import annotations

import random

from sample_rows import cell, done

from suite.store.intake import Queue
from suite.store.writing import Writer

CELLS = 200


def claim_all(url: str, number: int, start, answers) -> None:
    """Claim every cell in an order of its own, end what was got, and answer with its seeds."""
    writer = Writer(url)
    seeds = list(range(CELLS))
    random.Random(number).shuffle(seeds)
    start.wait()
    taken = []
    for seed in seeds:
        run = writer.claim(cell(seed), [])
        if run is not None:
            taken.append(seed)
            writer.end(run, done())
    answers.put(taken)


def open_store(url: str, start, answers) -> None:
    """Open the store, creating it, and answer with the error if there is one."""
    start.wait()
    try:
        Writer(url).close()
        answers.put("")
    except BaseException as error:
        answers.put(repr(error))


def check_all(url: str, answers) -> None:
    """Claim every upload and accept it, and answer with the ids."""
    queue, taken = Queue(url), []
    while (entry := queue.claim()) is not None:
        taken.append(entry.id)
        assert queue.end(entry, "accepted", None)
    answers.put(taken)

"""Methods that behave badly, each in one way, among which those of other people have to come out as ever.

None cheats (see cheats_plugin.py). Each scores as the control does, unless its bad habit prevents it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from suite import Card, hookimpl
from suite.tracks.ood import Batch, Detector

HABITS: dict[str, Callable[[torch.Tensor, Batch], Any]] = {}


def habit(act: Callable[[torch.Tensor, Batch], Any]) -> Callable[[torch.Tensor, Batch], Any]:
    """Make a method of a function: from the control's scores [B] and the batch to what the method returns."""
    HABITS[act.__name__.replace("_", "-")] = act
    return act


@habit
def control(scores: torch.Tensor, batch: Batch) -> Any:
    """Behave."""
    return scores


@habit
def batchy(scores: torch.Tensor, batch: Batch) -> Any:
    """Let a score depend on the others of its batch."""
    return scores - scores.mean()


@habit
def mutate(scores: torch.Tensor, batch: Batch) -> Any:
    """Change what it was given."""
    batch.logits.zero_()
    batch.features.zero_()
    return scores


@habit
def complexes(scores: torch.Tensor, batch: Batch) -> Any:
    """Return complex numbers."""
    return torch.complex(scores, scores)


@habit
def bools(scores: torch.Tensor, batch: Batch) -> Any:
    """Return truth values."""
    return scores > scores.new_tensor(5.0)


@habit
def ints(scores: torch.Tensor, batch: Batch) -> Any:
    """Return whole numbers."""
    return (scores * 100).long()


@habit
def half(scores: torch.Tensor, batch: Batch) -> Any:
    """Return half precision."""
    return scores.half()


@habit
def nothing(scores: torch.Tensor, batch: Batch) -> Any:
    """Return nothing."""
    return None


@habit
def words(scores: torch.Tensor, batch: Batch) -> Any:
    """Return a text."""
    return "excellent"


@habit
def column(scores: torch.Tensor, batch: Batch) -> Any:
    """Return a matrix."""
    return scores[:, None]


@habit
def short(scores: torch.Tensor, batch: Batch) -> Any:
    """Return one score too few."""
    return scores[1:]


@habit
def nan(scores: torch.Tensor, batch: Batch) -> Any:
    """Return what is no number."""
    return scores * float("nan")


@habit
def infinite(scores: torch.Tensor, batch: Batch) -> Any:
    """Return infinity."""
    return scores * float("inf")


@habit
def keyboard(scores: torch.Tensor, batch: Batch) -> Any:
    """Interrupt as a user does."""
    raise KeyboardInterrupt


@habit
def generator_exit(scores: torch.Tensor, batch: Batch) -> Any:
    """Raise what is no Exception."""
    raise GeneratorExit


class _Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


@habit
def unprintable(scores: torch.Tensor, batch: Batch) -> Any:
    """Raise an exception of which no text can be made."""
    raise _Unprintable


@habit
def long_message(scores: torch.Tensor, batch: Batch) -> Any:
    """Raise an exception with a text of 20 MB."""
    raise ValueError("very " * 4_000_000 + "wrong")


@habit
def recursion(scores: torch.Tensor, batch: Batch) -> Any:
    """Call itself without end."""
    return recursion(scores, batch)


@habit
def exits(scores: torch.Tensor, batch: Batch) -> Any:
    """Leave without a word."""
    os._exit(0)


@habit
def sysexit(scores: torch.Tensor, batch: Batch) -> Any:
    """Leave as a script does."""
    sys.exit(0)


@habit
def kills_itself(scores: torch.Tensor, batch: Batch) -> Any:
    """Die as if the system had killed it."""
    os.kill(os.getpid(), signal.SIGKILL)


@habit
def kills_its_server(scores: torch.Tensor, batch: Batch) -> Any:
    """Kill the process that starts all workers."""
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(1)
    return scores


@habit
def stops(scores: torch.Tensor, batch: Batch) -> Any:
    """Stop its own process, so that it neither ends nor works."""
    os.kill(os.getpid(), signal.SIGSTOP)
    return scores


@habit
def sleeps(scores: torch.Tensor, batch: Batch) -> Any:
    """Never answer."""
    time.sleep(10_000)


@habit
def eats(scores: torch.Tensor, batch: Batch) -> Any:
    """Take more memory than is allowed."""
    taken = [bytearray(b"x") * 100_000_000 for _ in range(40)]
    time.sleep(60)
    return scores + len(taken)


@habit
def prints(scores: torch.Tensor, batch: Batch) -> Any:
    """Print a megabyte a batch, with the codes that clear a terminal."""
    sys.stdout.write("\x1b[2J noise " * 100_000)
    return scores


@habit
def thread(scores: torch.Tensor, batch: Batch) -> Any:
    """Leave a thread that the interpreter waits for."""
    threading.Thread(target=time.sleep, args=(10_000,)).start()
    return scores


@habit
def children(scores: torch.Tensor, batch: Batch) -> Any:
    """Leave a child in its group."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(10000)"])
    return scores


@habit
def groups(scores: torch.Tensor, batch: Batch) -> Any:
    """Leave a child in a group of its own."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(10000)"], process_group=0)
    return scores


@habit
def daemon(scores: torch.Tensor, batch: Batch) -> Any:
    """Leave a process that has left its session and its parent."""
    code = "import os, time; os.setsid(); os.fork() and os._exit(0); time.sleep(10000)"
    subprocess.run([sys.executable, "-c", code], check=True)
    return scores


@habit
def files(scores: torch.Tensor, batch: Batch) -> Any:
    """Open as many files as it may."""
    opened = []
    try:
        while True:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return scores + 0 * len(opened)


@habit
def deletes(scores: torch.Tensor, batch: Batch) -> Any:
    """Delete all that it may of its working folder."""
    for path in Path.cwd().rglob("*"):
        if path.is_file():
            path.unlink(missing_ok=True)
    return scores


class Rude(Detector):
    """Scores by the largest logit, and has one bad habit."""

    version = "1"
    card = Card(title="A rude method for the tests", status="baseline")

    def score(self, batch: Batch) -> torch.Tensor:
        """Return whatever its habit makes of the scores."""
        made: torch.Tensor = HABITS[type(self).name](batch.logits.amax(dim=1), batch)
        return made


@hookimpl
def suite_register_methods(register: Callable[[type[Detector]], None]) -> None:
    """Register one method a habit."""
    for name, act in HABITS.items():
        register(type(name, (Rude,), {"name": name, "__doc__": act.__doc__, "__module__": __name__}))

"""Methods that cheat, each in one way, on a task whose code and sizes they know. They do no harm beyond their cell.

Those that find out which test samples are inside give these the score 1 and the others 0; all others score every sample
the same, unless their attempt fails. Their parameters are what an author can know who has seen the machine.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from suite import Card, Context, Method, hookimpl
from suite.tracks.ood import Batch, Detector, TrainingSet

CHEATS: list[type[Detector]] = []


class Cheat(Detector):
    """Makes its attempt while it is fitted, and scores as it found."""

    version = "1"
    card = Card(title="A cheat for the tests", status="baseline")

    class Parameters(Detector.Parameters):
        """What its author knows: the home folder, a data folder, a port, the runner, the sizes of the tests."""

        home: str = ""
        cache: str = ""
        data: str = ""
        port: int = 0
        runner: int = 0
        inside: int = 0
        total: int = 0

    def __init_subclass__(cls, **given: object) -> None:
        super().__init_subclass__(**given)
        CHEATS.append(cls)

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Begin at the first test sample, and make the attempt."""
        self.start, self.context = 0, context
        self.attempt()

    def attempt(self) -> None:
        """Do what is not allowed."""

    def order(self) -> np.ndarray | None:
        """Return the order of the test samples, if it is known: the inside ones have the lowest numbers."""
        return None

    def score(self, batch: Batch) -> torch.Tensor:
        """Return 1 for what is inside and 0 for the rest, or 0 for all."""
        count, order = len(batch.logits), self.order()
        places = slice(self.start, self.start + count)
        self.start += count
        if order is None or len(order[places]) < count:
            return torch.zeros(count)
        return torch.from_numpy(order[places] < self.parameters.inside).double()


class Order(Cheat):
    """Draws the order of the samples from the seed that it is given."""

    name = "order"

    def order(self) -> np.ndarray | None:
        """Return what the task would draw."""
        return np.random.default_rng([self.context.seed, *b"task:test-order"]).permutation(self.parameters.total)


class Frames(Cheat):
    """Looks for the order in the variables of its callers."""

    name = "frames"

    def order(self) -> np.ndarray | None:
        """Return a variable of that name, of whoever called."""
        frame = sys._getframe()
        while frame is not None:
            if isinstance(frame.f_locals.get("order"), np.ndarray):
                return frame.f_locals["order"]
            frame = frame.f_back
        return None


class Memory(Cheat):
    """Looks for the order among all objects of its process."""

    name = "memory"

    def order(self) -> np.ndarray | None:
        """Return the attribute of that name of any object."""
        held = (value.__dict__.get("order") for value in gc.get_objects() if type(value).__name__ == "SplitImages")
        return next((order for order in held if isinstance(order, np.ndarray)), None)


class Patch(Cheat):
    """Replaces the functions that compute the metrics."""

    name = "patch"

    def attempt(self) -> None:
        """Let every metric be 1."""
        from suite.tracks.ood import metrics

        metrics.DETECTION.update(dict.fromkeys(metrics.DETECTION, lambda inside, outside: 1.0))


class Forge(Cheat):
    """Writes the documents of a result into every cell that runs, and leaves."""

    name = "forge"

    def attempt(self) -> None:
        """Write, knowing from the store what the result must say of its data."""
        home = Path(self.parameters.home)
        for folder in (home / "pending").iterdir():
            with sqlite3.connect(home / "suite.db") as store:
                query = "SELECT identity FROM cell JOIN run ON run.cell = cell.id WHERE run.id = ?"
                (identity,) = store.execute(query, (folder.name,)).fetchone()
            score = {"metric": "auroc", "subset": "near", "value": 1.0, "n": 9999}
            result = {"state": "done", "scores": [score], "ingredients": json.loads(identity)["ingredients"]}
            (folder / "result.json").write_text(json.dumps(result))
        os._exit(0)


class ReadStore(Cheat):
    """Reads other methods' scores."""

    name = "read-store"

    def attempt(self) -> None:
        """Ask the database, which is a file."""
        with sqlite3.connect(Path(self.parameters.home) / "suite.db") as store:
            assert store.execute("SELECT count(*) FROM score").fetchone()[0] > 0


class ChangeStore(Cheat):
    """Changes other methods' scores."""

    name = "change-store"

    def attempt(self) -> None:
        """Lower them all."""
        with sqlite3.connect(Path(self.parameters.home) / "suite.db", timeout=30) as store:
            store.execute("UPDATE score SET value = 0.01")


class ReadCache(Cheat):
    """Reads the features that all cells share: the number of rows tells which test set a file is of."""

    name = "read-cache"

    def attempt(self) -> None:
        """Read the first bytes of each file."""
        cache = Path(self.parameters.cache)
        files = [path for kind in cache.iterdir() for path in kind.iterdir() if path.suffix == ".safetensors"]
        assert files
        assert all(path.read_bytes() for path in files)


class ReadData(Cheat):
    """Reads the mirror of the data sets."""

    name = "read-data"

    def attempt(self) -> None:
        """Read a file of labels."""
        assert (Path(self.parameters.data) / "labels.csv").read_text()


class Network(Cheat):
    """Sends what it has learned, or asks for the labels."""

    name = "network"

    def attempt(self) -> None:
        """Connect."""
        socket.create_connection(("127.0.0.1", self.parameters.port), timeout=10).close()


class Signal(Cheat):
    """Stops or ends the process that judges it."""

    name = "signal"

    def attempt(self) -> None:
        """Ask whether it could, of processes that it has not started."""
        others(self.parameters.runner, lambda pid: os.kill(pid, 0))


class Trace(Cheat):
    """Reads the memory of the process that judges it."""

    name = "trace"

    def attempt(self) -> None:
        """Open the memory of processes that it has not started."""
        others(self.parameters.runner, lambda pid: Path(f"/proc/{pid}/mem").open("rb").close())


class Debug(Cheat):
    """Attaches to the process that judges it, as a debugger does."""

    name = "debug"

    def attempt(self) -> None:
        """Attach to processes that it has not started."""

        def attach(pid: int) -> None:
            seize, detach = 0x4206, 17
            if ctypes.CDLL(None, use_errno=True).ptrace(seize, pid, None, None) != 0:
                raise OSError(ctypes.get_errno(), "ptrace")
            ctypes.CDLL(None).ptrace(detach, pid, None, None)

        others(self.parameters.runner, attach)


class Variables(Cheat):
    """Reads a secret in the environment variables."""

    name = "variables"

    def attempt(self) -> None:
        """Look in Python's and in the kernel's."""
        if "BASIN_TOKEN" not in os.environ and b"BASIN_TOKEN" not in Path("/proc/self/environ").read_bytes():
            raise PermissionError("no such variable")


class Batches(Cheat):
    """Scores a sample by what else is in its batch."""

    name = "batches"

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the confidence less the batch's mean."""
        confidence = batch.logits.softmax(dim=1).amax(dim=1)
        return confidence - confidence.mean()


class Daemon(Cheat):
    """Leaves a process behind that goes on when the cell has ended."""

    name = "daemon"

    def attempt(self) -> None:
        """Start it as a daemon is started; it writes its number where this method may write."""
        code = "import os, time; os.setsid(); os.fork() and os._exit(0); open('pid', 'w').close(); time.sleep(600)"
        subprocess.run([sys.executable, "-c", code, "left-by-a-cheat"], check=True)


class Known(Cheat):
    """Has the labels in its package, or reads those that a library brings: here, of digits."""

    name = "known"
    needs = frozenset({"images"})

    def score(self, batch: Batch) -> torch.Tensor:
        """Return 1 for every image that scikit-learn calls a digit of the inside classes."""
        from sklearn.datasets import load_digits

        assert batch.images is not None
        digits = load_digits()
        rows = np.isin(digits.target, (0, 1, 2, 3, 7, 8))
        inside = {image.tobytes() for image in digits.data[rows].astype(np.uint8)}
        pixels = (batch.images.reshape(len(batch.images), -1) * 16).round().to(torch.uint8)
        return torch.tensor([float(image.numpy().tobytes() in inside) for image in pixels], dtype=torch.float64)


def others(runner: int, do: Callable[[int], None]) -> None:
    """Do it to the runner, the fork server or a worker, whichever lets it be done; raise a refusal if none does."""
    server, refusal = os.getppid(), PermissionError("there is nobody")
    workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    for pid in {runner, server, *map(int, workers)} - {os.getpid()}:
        try:
            return do(pid)
        except OSError as error:
            refusal = PermissionError(str(error))
    raise refusal


@hookimpl
def suite_register_methods(register: Callable[[type[Method]], None]) -> None:
    """Register them."""
    for method in CHEATS:
        register(method)

"""A track of cells that take milliseconds, and methods for every way in which a cell can go wrong.

Its task appends a line to ``SUITE_HOME/evaluations.txt`` before it calls the method, so that tests can count how often
a cell was really evaluated.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from suite import (
    Axis,
    Card,
    Column,
    Context,
    Method,
    Metric,
    Outcome,
    Samples,
    Task,
    TaskContext,
    Track,
    Value,
    hookimpl,
)
from suite.contracts import Access, Influence, Missing, Resources

EVALUATIONS = "evaluations.txt"


class FastMethod(Method):
    """A method of this track answers with a number, or with a whole outcome."""

    track = "fast"
    version = "1"
    card = Card(title="For the tests", status="baseline")

    def answer(self, context: Context, home: Path) -> Any:
        """Return the accuracy, or an `Outcome`."""
        raise NotImplementedError


@dataclass(frozen=True)
class Answers(Samples):
    """Seeds and answers [N], each with the answer as the accuracy of ten."""

    seed: Any
    answer: Any

    def value(self, column: Column) -> Value | None:
        """Return the mean answer as the accuracy; nothing where there is none."""
        if column in self.measured or not len(self.answer):
            return self.measured.get(column)
        answer = self.answer[0]
        return Value(answer if isinstance(answer, str) else float(answer), 10)

    def influence(self, column: Column) -> Influence | None:
        """Return none: ten answers that are all the same vary in nothing."""
        return None


def measured(metric: str, subset: str) -> Outcome:
    """Return an outcome with one number and no answers."""
    return Outcome(Answers([], [], measured={Column(metric=metric, subset=subset): Value(0.5, 1)}))


class Constant(FastMethod):
    """Succeeds."""

    name = "constant"

    class Parameters(FastMethod.Parameters):
        """The answer, and how long it takes."""

        value: float = 0.5
        seconds: float = 0.0

    def answer(self, context: Context, home: Path) -> float:
        """Return the parameter."""
        time.sleep(self.parameters.seconds)
        return self.parameters.value


class Twin(FastMethod):
    """Succeeds too."""

    name = "twin"

    def answer(self, context: Context, home: Path) -> float:
        """Return what depends on the seed alone."""
        return float(context.rng("answer").uniform())


class Raises(FastMethod):
    """Raises, unless a file named ``mended`` lies in the home folder."""

    name = "raises"

    def answer(self, context: Context, home: Path) -> float:
        """Raise."""
        if (home / "mended").exists():
            return 1.0
        raise RuntimeError("the method broke")


class Exits(FastMethod):
    """Calls ``sys.exit``."""

    name = "exits"

    def answer(self, context: Context, home: Path) -> float:
        """Exit as a script would."""
        sys.exit("enough")


class Sleeps(FastMethod):
    """Never ends."""

    name = "sleeps"

    def answer(self, context: Context, home: Path) -> float:
        """Tell that it has begun, then sleep."""
        with (home / "sleeping.txt").open("a") as file:
            file.write(f"{os.getpid()}\n")
        while True:
            time.sleep(60)


class HoldsTheInterpreter(FastMethod):
    """Never ends, and lets no other thread of its process run: a regular expression that backtracks for ages."""

    name = "holds-the-interpreter"

    def answer(self, context: Context, home: Path) -> float:
        """Tell that it has begun, then match."""
        (home / "matching.txt").write_text(f"{os.getpid()}\n")
        return float(re.match(r"(a+)+$", "a" * 64 + "b") is None)


class Allocates(FastMethod):
    """Takes 1.5 GB, more than the tests allow, and waits to be killed for it."""

    name = "allocates"

    def answer(self, context: Context, home: Path) -> float:
        """Fill the memory, page by page."""
        taken = [bytearray(b"x") * 50_000_000 for _ in range(30)]
        time.sleep(60)
        return float(len(taken))


class RunsOutOfMemory(FastMethod):
    """Is told by Python that there is no memory left."""

    name = "memory-error"

    def answer(self, context: Context, home: Path) -> float:
        """Raise as an allocation of the size of the machine would."""
        raise MemoryError("no 100 TB here")


class NotANumber(FastMethod):
    """Answers NaN."""

    name = "nan"

    def answer(self, context: Context, home: Path) -> float:
        """Return NaN."""
        return float("nan")


class OutOfBounds(FastMethod):
    """Answers with a value outside the metric's bounds."""

    name = "out-of-bounds"

    def answer(self, context: Context, home: Path) -> float:
        """Return more than everything."""
        return 1.5


class Undeclared(FastMethod):
    """Answers with a metric that the task does not have."""

    name = "undeclared-metric"

    def answer(self, context: Context, home: Path) -> Outcome:
        """Return a score of a metric of its own."""
        return measured("charm", "all")


class UndeclaredSubset(FastMethod):
    """Answers with a subset that the task does not have."""

    name = "undeclared-subset"

    def answer(self, context: Context, home: Path) -> Outcome:
        """Return a score on a subset of its own."""
        return measured("accuracy", "best")


class Nothing(FastMethod):
    """Answers without the primary column."""

    name = "no-primary"

    def answer(self, context: Context, home: Path) -> Outcome:
        """Return no score."""
        return Outcome(Answers([], []))


class WrongType(FastMethod):
    """Answers with what is no number."""

    name = "wrong-type"

    def answer(self, context: Context, home: Path) -> str:
        """Return a word."""
        return "excellent"


class OtherSamples(FastMethod):
    """Makes the task return samples of another class than it declares."""

    name = "other-samples"

    def answer(self, context: Context, home: Path) -> Outcome:
        """Return samples without answers."""
        return Outcome(Samples())


class NoOutcome(FastMethod):
    """Makes the task return what is no outcome."""

    name = "no-outcome"

    def answer(self, context: Context, home: Path) -> dict[str, float]:
        """Return a dictionary."""
        return {"accuracy": 1.0}


class LeavesAtOnce(FastMethod):
    """Ends its process without a word."""

    name = "os-exit"

    def answer(self, context: Context, home: Path) -> float:
        """Leave without cleaning up."""
        os._exit(7)


class KillsItself(FastMethod):
    """Is killed by the system, as when the machine's memory runs out."""

    name = "sigkill"

    def answer(self, context: Context, home: Path) -> float:
        """Send itself SIGKILL."""
        os.kill(os.getpid(), signal.SIGKILL)
        return 0.0


class Segfaults(FastMethod):
    """Dies of a segmentation fault."""

    name = "segfault"

    def answer(self, context: Context, home: Path) -> float:
        """Send itself SIGSEGV."""
        os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(60)
        return 0.0


class LeavesAGrandchild(FastMethod):
    """Starts a process that outlives it; sleeps itself too if told to."""

    name = "grandchild"

    class Parameters(FastMethod.Parameters):
        """Whether it waits for its child."""

        waits: bool = False

    def answer(self, context: Context, home: Path) -> float:
        """Start a process and note its id."""
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        with (home / "grandchildren.txt").open("a") as file:
            file.write(f"{child.pid}\n")
        if self.parameters.waits:
            child.wait()
        return 0.5


class LeavesADaemon(FastMethod):
    """Starts a process that leaves its session, its group and its parent, and does not wait for it."""

    name = "leaves-a-daemon"

    class Parameters(FastMethod.Parameters):
        """Whether it ends without an answer, or does not end."""

        dies: bool = False
        waits: bool = False

    def answer(self, context: Context, home: Path) -> float:
        """Start it as a daemon is started, and note its id."""
        code = (
            "import os, time; os.setsid(); os.fork() and os._exit(0); print(os.getpid(), flush=True); time.sleep(600)"
        )
        with (home / "grandchildren.txt").open("a") as file:
            subprocess.run([sys.executable, "-c", code], stdout=file, check=True)
        while not (home / "grandchildren.txt").read_text():
            time.sleep(0.01)
        if self.parameters.dies:
            os._exit(9)
        if self.parameters.waits:
            time.sleep(600)
        return 0.5


class LeavesAThread(FastMethod):
    """Starts a thread that the interpreter waits for at its end, and that does not end."""

    name = "leaves-a-thread"

    def answer(self, context: Context, home: Path) -> float:
        """Start it, and answer."""
        threading.Thread(target=time.sleep, args=(600,)).start()
        return 0.5


class Interrupts(FastMethod):
    """Raises what the interpreter raises when a user interrupts it."""

    name = "interrupts"

    def answer(self, context: Context, home: Path) -> float:
        """Raise."""
        raise KeyboardInterrupt("not the user's")


class Wordless(FastMethod):
    """Raises an exception of which no text can be made."""

    name = "wordless"

    class Broken(GeneratorExit):
        """Breaks where it is shown, and is no `Exception`."""

        def __str__(self) -> str:
            raise RuntimeError("no text")

    def answer(self, context: Context, home: Path) -> float:
        """Raise it."""
        raise self.Broken


class FullFolder(FastMethod):
    """Finds its own temporary folder full, while the disk of the suite has room."""

    name = "full-folder"

    def answer(self, context: Context, home: Path) -> float:
        """Raise as writing there would."""
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/tmp/mine")


class Chatters(FastMethod):
    """Writes several megabytes to its standard output, bytes that are no text among them, then fails to answer."""

    name = "chatters"

    def answer(self, context: Context, home: Path) -> float:
        """Write, then leave without a result."""
        for _ in range(64):
            os.write(1, b"noise\xff\x00\n" * 8192)
        os.write(2, b"the last line\n")
        os._exit(3)


@dataclass(frozen=True)
class Numbers:
    """A data set that is a text file in the home folder; an empty one if there is no file."""

    name: str = "numbers"
    optional: bool = False
    kind = "data"

    def known_fingerprint(self, resources: Resources) -> str:
        """Return the sha256 of the file."""
        path = resources.settings.home / "numbers.txt"
        if (resources.settings.home / "numbers.missing").exists():
            raise Missing(f"no {path}")
        return hashlib.sha256(path.read_bytes() if path.exists() else b"").hexdigest()

    fingerprint = lineage = known_fingerprint


class Count(Task):
    """Counts its evaluations."""

    id = "fast/count"
    version = "1"
    tier = "embedded"
    title = "Count"
    summary = "Counts how often each cell is evaluated."
    metrics = (
        Metric(name="accuracy", direction="higher", bounds=(0, 1), unit="fraction", definition="Whatever it says."),
    )
    primary = Column(metric="accuracy", subset="all")
    subsets = ("all",)
    seeds = (0, 1)
    samples = Answers

    def requires(self, seed: int) -> tuple[Numbers, ...]:
        """Return the one data set."""
        return (Numbers(),)

    def evaluate(self, method: FastMethod, context: TaskContext) -> Outcome:
        """Note that a cell is evaluated, and ask the method."""
        home = context.resources.settings.home
        with (home / EVALUATIONS).open("a") as file:
            file.write(f"{method.name} {context.seed}\n")
        answer = method.answer(context.method, home)
        if isinstance(answer, Outcome | dict):
            return answer  # type: ignore[return-value] # the suite has to notice
        samples = Answers([context.seed], [answer])
        return Outcome(samples, cost={"answers": 1.0}, facts={"seed": str(context.seed)})


class Varied(Count):
    """Counts under a condition that it varies, and tells methods the answer under another."""

    id = "fast/varied"
    title = "Varied"
    axes = (
        Axis("size", ("small", "large"), pattern=r"x+large", about="How much there is to count."),
        Axis("hint", ("none", "given"), gives={"given": frozenset({"answer"})}, about="Whether the answer is told."),
    )
    gives = frozenset({"time"})
    formerly = {"fast/large-count": {"size": "large"}}
    tier = "standard"

    def evaluate(self, method: FastMethod, context: TaskContext) -> Outcome:
        """Fail where a method that fails at a size is asked about it, else count."""
        if method.name == "fails-at-large" and context.setting["size"] == "large":
            raise RuntimeError("too large")
        return super().evaluate(method, context)


class FailsAtLarge(Constant):
    """Fails under one setting."""

    name = "fails-at-large"


class Told(Constant):
    """Makes something of the answer where it is told."""

    name = "told"
    uses = frozenset({"answer"})
    formerly = {"told-twin": {"hint": "given"}}


class MustBeTold(Constant):
    """Cannot do without the answer."""

    name = "must-be-told"
    needs = frozenset({"answer"})


class Slow(Constant):
    """Needs what takes long."""

    name = "slow"
    needs = frozenset({"time"})


class Control(Constant):
    """Takes no place."""

    name = "control"
    standing = "reference"


class Paired(FastMethod):
    """Answers with the mean of its own answer and its partner's."""

    name = "paired"
    partners = {"beside": Constant}

    class Parameters(FastMethod.Parameters):
        """The answer."""

        value: float = 0.5

    def answer(self, context: Context, home: Path) -> float:
        """Return the mean, or the own answer where there is no partner."""
        partner = self.partner("beside", Constant)
        own: float = self.parameters.value
        return own if partner is None else (own + partner.answer(context, home)) / 2


class Unprepared(Count):
    """Cannot be prepared."""

    id = "fast/unprepared"
    tier = "large"
    title = "Unprepared"

    def prepare(self, context: TaskContext) -> None:
        """Raise."""
        raise RuntimeError("the reference model did not converge")


METHODS = (
    Constant,
    Twin,
    Raises,
    Exits,
    Sleeps,
    HoldsTheInterpreter,
    Allocates,
    RunsOutOfMemory,
    NotANumber,
    OutOfBounds,
    Undeclared,
    UndeclaredSubset,
    Nothing,
    WrongType,
    NoOutcome,
    OtherSamples,
    LeavesAtOnce,
    KillsItself,
    Segfaults,
    LeavesAGrandchild,
    LeavesADaemon,
    LeavesAThread,
    Interrupts,
    Wordless,
    Chatters,
    FullFolder,
    FailsAtLarge,
    Told,
    MustBeTold,
    Slow,
    Control,
    Paired,
)


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    access = (Access("answer", "What the answer is."), Access("time", "As long as it takes.", True, on_request=True))
    question = "Does the runner survive this?"
    register(Track(name="fast", title="Fast", question=question, contract=FastMethod, access=access))


@hookimpl
def suite_register_methods(register: Callable[[type[Method]], None]) -> None:
    """Register the methods."""
    for method in METHODS:
        register(method)


@hookimpl
def suite_register_tasks(register: Callable[[type[Task]], None]) -> None:
    """Register the tasks."""
    register(Count)
    register(Varied)
    register(Unprepared)

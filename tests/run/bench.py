"""A bench to run the fast plugin on: in this process or by the command line."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest

from suite.cache import Cache
from suite.contracts import Resources
from suite.registry import load_registry
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.run.summary import Summary
from suite.settings import Settings
from suite.store.engine import writer_engine
from suite.store.reading import Reader
from suite.store.rows import CellRow, RunRow

PLUGIN = Path(__file__).parent.parent / "assets" / "fast_plugin.py"
COMMAND = [sys.executable, "-m", "suite"]
BACK_ENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
on_both = pytest.mark.parametrize("bench", BACK_ENDS, indirect=True)


class Steps:
    """A reporter that remembers the steps and the messages."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str]] = []
        self.messages: list[str] = []

    def stage(self, title: str, total: int) -> None:
        """Nothing to remember."""

    def began(self, run: str, cell: CellRow) -> None:
        """Nothing to remember."""

    def step(self, text: str, state: str, detail: str = "", left: float | None = None, **_: Any) -> None:
        """Remember the step."""
        self.steps.append((text, state))

    def message(self, text: str) -> None:
        """Remember the message."""
        self.messages.append(text)


class Bench:
    """A home folder, and what is done in it."""

    def __init__(self, home: Path, plugin: Path = PLUGIN, database: str | None = None) -> None:
        self.home = home
        self.plugin = plugin
        self.database = database
        self.started: list[subprocess.Popen[str]] = []

    def settings(self, **given: Any) -> Settings:
        """Return settings of this home with the fast plugin."""
        return Settings(
            **{"home": self.home, "database": self.database, "plugins": (self.plugin,), "workers": 2, **given}
        )

    def resources(self) -> Resources:
        """Return resources of these settings."""
        settings = self.settings()
        return Resources(settings, Cache(settings.cache_folder))

    def run(
        self,
        *methods: str,
        tasks: tuple[str, ...] = ("fast/count",),
        seeds: tuple[int, ...] = (),
        overrides: tuple[tuple[str, str, str], ...] = (),
        retry_failed: bool = False,
        executor: str = "process",
        limit: float = math.inf,
        wait: bool = False,
        **settings: Any,
    ) -> Summary:
        """Run methods on the fast task with the runner of this process."""
        request = Request(tasks, methods, seeds, overrides=overrides, retry_failed=retry_failed)
        given = self.settings(**settings)
        return Runner(load_registry(given.plugins), given, Steps(), executor).run(request, limit, wait=wait)

    def start(
        self, *arguments: str, task: str = "fast/count", before: tuple[str, ...] = (), **environment: str
    ) -> subprocess.Popen[str]:
        """Start ``suite run -t fast/count ...`` in a process of its own; ``before`` is a prefix of the command."""
        own = {"SUITE_HOME": str(self.home), "SUITE_PLUGINS": str(self.plugin)}
        own |= {"SUITE_DATABASE": self.database} if self.database else {}
        process = subprocess.Popen(
            [*before, *COMMAND, "run", "-t", task, *arguments],
            env={**os.environ, **own, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def execute(self, statement: str) -> None:
        """Run a statement on the store behind its back."""
        engine = writer_engine(self.settings().database_url)
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def evaluations(self) -> Counter[str]:
        """Return how often each ``method seed`` was begun."""
        path = self.home / "evaluations.txt"
        return Counter(path.read_text().splitlines()) if path.exists() else Counter()

    def all_runs(self) -> list[RunRow]:
        """Return the run that counts of each cell."""
        reader = Reader(self.settings().database_url)
        try:
            return reader.latest_runs()
        finally:
            reader.close()

    def runs(self) -> dict[tuple[str, int], RunRow]:
        """Return the same, with scores and traceback, by the method's short name and the seed."""
        reader = Reader(self.settings().database_url)
        try:
            found = [reader.run(run.id) for run in reader.latest_runs()]
        finally:
            reader.close()
        return {(run.cell.method.removeprefix("fast/"), run.cell.seed): run for run in found}

    def pids(self, name: str) -> list[int]:
        """Return the process ids that a method noted in a file of the home folder."""
        path = self.home / name
        return [int(line) for line in path.read_text().split()] if path.exists() else []


def gone(pid: int) -> bool:
    """Tell whether a process has ended, waited for or not."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True

"""Announcing: tells the listeners that the settings name how a run goes, and lets none of them harm it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from suite.contracts import CellEnd, Listener
from suite.errors import SuiteError
from suite.registry import Entry, Registry
from suite.run.result import Result
from suite.settings import Settings
from suite.store.rows import CellRow

log = logging.getLogger(__name__)

PATIENCE = 3
"""After so many failures one after the other a listener is left alone: one that waits for a dead server stops cells."""


class Announcer:
    """Speaks to every listener that is named in ``SUITE_LISTENERS``.

    Raises:
        SuiteError: a name is unknown, or a listener cannot be made. Nothing has been run yet, so that it can be mended.
    """

    def __init__(self, registry: Registry, settings: Settings) -> None:
        self._listeners: list[Listener] = []
        self._failures: Counter[str] = Counter()  # of each listener, one after the other
        self._logged: set[str] = set()
        for name in settings.listeners:
            self._listeners.append(_made(registry.listeners.entry(name), settings))

    def run_started(self, tasks: Sequence[str]) -> None:
        """Say that a run begins."""
        self._tell(lambda listener: listener.run_started(tasks))

    def cell_ended(self, run: str, cell: CellRow, state: str, result: Result) -> None:
        """Say that a cell has ended and is in the store."""
        if not self._listeners:
            return
        ended = CellEnd(
            run=run,
            task=cell.task,
            task_version=cell.task_version,
            setting=cell.setting,
            protocol=cell.protocol,
            method=cell.method,
            method_version=cell.method_version,
            parameters=cell.parameters,
            seed=cell.seed,
            state=state,
            ended=datetime.now(UTC),
            error=result.error or "",
            scores=result.scores,
            cost=result.cost,
            facts=result.facts,
            wall_seconds=result.wall_seconds,
            peak_memory_bytes=result.peak_memory_bytes,
            device=result.device,
        )
        self._tell(lambda listener: listener.cell_ended(ended))

    def run_finished(self, states: Mapping[str, int], errors: Sequence[str]) -> None:
        """Say that the run ends."""
        self._tell(lambda listener: listener.run_finished(states, errors))

    def _tell(self, say: Callable[[Listener], None]) -> None:
        for listener in self._listeners:
            if self._failures[listener.name] == PATIENCE:
                continue
            try:
                say(listener)
            except (Exception, SystemExit):  # third-party: whatever it is, the run goes on
                self._failures[listener.name] += 1
                self._log(listener.name)
            else:
                self._failures[listener.name] = 0

    def _log(self, name: str) -> None:
        if self._failures[name] == PATIENCE:
            log.warning("the listener %r failed %d times, one after the other, and hears nothing more", name, PATIENCE)
        elif name not in self._logged:
            self._logged.add(name)
            log.warning("the listener %r failed, and missed something; the run goes on", name, exc_info=True)


def _made(entry: Entry[type[Listener]], settings: Settings) -> Listener:
    try:
        return entry.value(settings)
    except SuiteError:
        raise
    except Exception as error:  # third-party: whatever it is, whoever asked for the listener is told
        raise SuiteError(
            f"cannot make the listener {entry.name!r}: {type(error).__name__}: {error}",
            place=f"SUITE_LISTENERS, plugin {entry.plugin.name!r}",
            next="suite plugins",
        ) from error

"""Adding to the history of a submission: what somebody says of the files as they lie there now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from suite.errors import SuiteError
from suite.store.submission import Event, read_history, read_submission
from suite.store.submission.history import State, append, next_event

STATUS = "suite submit status FOLDER"


def record(folder: Path, state: State, *, by: str, reason: str = "", evidence: dict[str, Any] | None = None) -> Event:
    """Add a row, and before it those that it needs: ``submitted`` for files that are new or were edited.

    A reproduction also needs that these files were ``validated``; whoever calls this has checked them.

    Raises:
        SuiteError: there is no submission, its history is damaged, or the row may not follow. Nothing is written.
    """
    history, sha256 = known(folder)
    events: list[Event] = []
    if not history or history[-1].submission != sha256 or history[-1].state == "withdrawn":
        reason_of = "the files were edited" if history else ""
        if state != "submitted":
            events.append(next_event(history, "submitted", by, sha256, reason=reason_of))
    checked = {event.state for event in history if event.submission == sha256}
    if state == "reproduced" and "validated" not in checked:
        events.append(next_event((*history, *events), "validated", by, sha256))
    events.append(next_event((*history, *events), state, by, sha256, reason=reason, evidence=evidence or {}))
    append(folder, events)
    return events[-1]


def record_check(folder: Path, *, by: str) -> Event:
    """Add that files which were found fine are ``validated``; of files that are new or were edited, ``submitted``.

    Raises:
        SuiteError: as `record`.
    """
    history, sha256 = known(folder)
    if history and history[-1].submission == sha256:
        return record(folder, "validated", by=by)
    return record(folder, "submitted", by=by, reason="the files were edited" if history else "")


def known(folder: Path) -> tuple[tuple[Event, ...], str]:
    """Return the history of a folder, and the sha256 of its submission.yaml.

    Raises:
        SuiteError: there is none, or the history is damaged.
    """
    read = read_submission(folder)
    if not read.sha256:
        raise SuiteError(read.faults[0].cause, place=str(folder), next="suite submit pack NAME")
    try:
        return read_history(folder), read.sha256
    except ValueError as error:
        raise SuiteError(f"the history is damaged: {error}", place=str(folder), next="restore the file") from None

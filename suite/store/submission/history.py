"""The history of a submission: rows that are added, one JSON line each, and never changed."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, ValidationError

from suite.errors import SuiteError
from suite.hashing import canonical_json
from suite.store.submission.words import Digest, Line, Title

FILE = "history.jsonl"
State = Literal["submitted", "validated", "reproduced", "disputed", "withdrawn"]
LARGEST = 2**20
"""Bytes of a history at most."""
SKEW = timedelta(days=1)
"""By how much a clock may be ahead."""

AFTER: dict[str, tuple[str, ...]] = {
    "submitted": ("", "submitted", "validated", "reproduced", "disputed", "withdrawn"),
    "validated": ("submitted", "validated", "reproduced", "disputed"),
    "reproduced": ("validated", "reproduced", "disputed"),
    "disputed": ("submitted", "validated", "reproduced", "disputed"),
    "withdrawn": ("submitted", "validated", "reproduced", "disputed"),
}
"""By state, those that it may follow; an empty text is the beginning."""


class Event(BaseModel):
    """A row: a submission has come into a state. ``submission`` is the sha256 of the submission.yaml that it is about.

    Since that file names the sha256 of archives and results, the hash stands for the whole folder. Times are UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    state: State
    time: NaiveDatetime
    by: Title
    submission: Digest
    reason: Annotated[Line, Field(max_length=300)] = ""
    evidence: dict[Annotated[str, Field(max_length=60)], Any] = Field({}, max_length=40)


def parse_history(content: bytes) -> tuple[Event, ...]:
    """Return the rows of a history.

    Raises:
        ValueError: it is damaged, or its rows cannot follow each other; the message says which.
    """
    if len(content) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST // 2**20} MiB")
    if content and not content.endswith(b"\n"):
        raise ValueError("its last row is cut off")
    events: list[Event] = []
    for number, line in enumerate(content.splitlines(), 1):
        try:
            event = Event.model_validate_json(line)
            canonical_json(event.evidence)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            raise ValueError(f"row {number}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        except ValueError as error:
            raise ValueError(f"row {number}: {error}") from None
        if wrong := follows(events, event):
            raise ValueError(f"row {number}: {wrong}")
        events.append(event)
    return tuple(events)


def follows(history: list[Event] | tuple[Event, ...], event: Event) -> str:
    """Return why a row cannot be the next one of a history, or an empty text if it can."""
    former = history[-1] if history else None
    if (former.state if former else "") not in AFTER[event.state]:
        return f"{event.state} cannot follow {former.state if former else 'nothing'}"
    if former and event.time < former.time:
        return "it is older than the row before"
    if event.time > datetime.now(UTC).replace(tzinfo=None) + SKEW:
        return "it lies in the future"
    of_file = [each.state for each in history if each.submission == event.submission]
    if event.state != "submitted" and (former is None or former.submission != event.submission):
        return f"it is {event.state} of a submission.yaml that is not the one submitted last"
    if event.state == "reproduced" and "validated" not in of_file:
        return "it is reproduced, and this submission.yaml was never validated"
    if event.state in ("disputed", "withdrawn") and not event.reason:
        return f"it is {event.state} without a reason"
    return ""


def next_event(history: tuple[Event, ...], state: State, by: str, submission: str, **more: Any) -> Event:
    """Return a row of now that may follow a history.

    Raises:
        SuiteError: it may not, or a text of it cannot be shown.
    """
    place, now = f"{FILE}, row {len(history) + 1}", datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    time = max(now, history[-1].time) if history else now
    try:
        event = Event.model_validate({"state": state, "time": time, "by": by, "submission": submission, **more})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        named = {"by": "--by NAME", "reason": "--reason TEXT"}.get(str(first["loc"][0]), "suite submit status FOLDER")
        raise SuiteError(f"{first['loc'][0]}: {first['msg']}", place=place, next=named) from None
    if wrong := follows(history, event):
        raise SuiteError(wrong, place=place, next="suite submit status FOLDER")
    return event


def append(folder: Path, events: list[Event]) -> None:
    """Add rows to the history of a folder, all in one write.

    Raises:
        OSError: the file cannot be written, or is a link.
    """
    rows = "".join(f"{json.dumps(event.model_dump(mode='json'), ensure_ascii=False)}\n" for event in events)
    handle = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o666)
    try:
        os.write(handle, rows.encode())
        os.fsync(handle)
    finally:
        os.close(handle)

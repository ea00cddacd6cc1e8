"""Reading submissions: one with all that is wrong with it, or all of a folder, as the board shows them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from suite.hashing import bytes_digest
from suite.store.submission import history as histories
from suite.store.submission import yaml
from suite.store.submission.document import Declared, Submission
from suite.store.submission.folder import read_plain
from suite.store.submission.history import Event, State, parse_history
from suite.text import clean

FILE = "submission.yaml"
PATTERNS = {
    "paper": "an https address, or a DOI as 10.1000/182",
    "contact": "a mail address, or an https address",
    "name": "lower-case letters, digits, '-' and '.'; of an author, a name that starts with no sign of a formula",
    "title": "a title that starts with no sign of a formula (= + - @)",
    "file": "source/NAME-VERSION-py3-none-any.whl",
    "sha256": "64 hexadecimal digits in lower case",
    "manifest": "64 hexadecimal digits in lower case",
    "orcid": "an ORCID, as 0000-0002-1825-0097",
    "version": "a version, as 0.1.0",
    "task": "track/name, as 'suite tasks' lists it",
    "method": "track/name, as 'suite methods' lists it",
    "names": "track/name, as vision/my-method",
    "methods": "track/name, as vision/my-method",
}
"""What a text has to be, by the name of its field: nobody reads a regular expression."""

MOST = 10_000
"""How many submissions a folder has at most."""


@dataclass(frozen=True)
class Fault:
    """Something wrong with a file: what, and where."""

    cause: str
    place: str


@dataclass(frozen=True)
class Read:
    """A submission.yaml: what it says, if that can be read, its sha256, and all that is wrong with it."""

    submission: Submission | None
    sha256: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Listed:
    """A submission as the board lists it.

    Attributes:
        sha256: of its submission.yaml.
        state: the last one of its history; ``submitted`` without one, and if the files were changed since.
        submitted: when its files were submitted; ``changed`` is when its last row was added. UTC.
        edited: whether submission.yaml is not the one that the last row is about.
        declared: what its methods declare, for whoever has not installed them.
        results: the folder of its results, if it has any.
        problem: why it cannot be shown, in a line; empty if it can.
    """

    name: str
    title: str
    tier: str
    state: State
    authors: tuple[str, ...]
    folder: Path
    sha256: str = ""
    submitted: datetime | None = None
    changed: datetime | None = None
    edited: bool = False
    history: tuple[Event, ...] = ()
    declared: Mapping[str, Declared] = field(default_factory=dict)
    results: Path | None = None
    problem: str = ""


def read_submission(folder: Path) -> Read:
    """Read a folder's submission.yaml. Raises nothing for what it holds."""
    try:
        content = read_plain(folder / FILE, yaml.LARGEST)
    except FileNotFoundError:
        return Read(None, "", (Fault("there is no submission.yaml", FILE),))
    except OSError:
        return Read(None, "", (Fault("it is not a plain file", FILE),))
    sha256 = bytes_digest(content)
    try:
        document = yaml.parse(content)
        if not isinstance(document.value, dict):
            raise yaml.Unreadable("it must be a list of fields, for example 'name: my-method'")
        text = json.dumps(document.value, allow_nan=False)
    except yaml.Unreadable as error:
        return Read(None, sha256, (Fault(str(error), f"{FILE}, line {error.line}"),))
    try:
        return Read(Submission.model_validate_json(text), sha256, ())
    except ValidationError as error:
        errors = error.errors(include_url=False)
        return Read(None, sha256, tuple(_fault(each, document) for each in errors if not _follows(each, errors)))


def read_history(folder: Path) -> tuple[Event, ...]:
    """Return the history of a folder; nothing if it has none.

    Raises:
        ValueError: it is damaged; the message says where.
    """
    try:
        return parse_history(read_plain(folder / histories.FILE, histories.LARGEST))
    except FileNotFoundError:
        return ()
    except OSError:
        raise ValueError("it is not a plain file") from None


def read_submissions(root: Path) -> list[Listed]:
    """Return the submissions of a folder, one folder each, by name. What is wrong with one stops no other."""
    try:
        with os.scandir(root) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []
    return [listed(root / name) for name in names[:MOST] if (root / name / FILE).is_file()]


def listed(folder: Path) -> Listed:
    """Return a submission as the board lists it. Raises nothing for what it holds."""
    read = read_submission(folder)
    if read.submission is None:
        fault = read.faults[0]
        return Listed(folder.name, "", "", "submitted", (), folder, problem=f"{fault.place}: {fault.cause}")
    of = read.submission
    try:
        events = read_history(folder)
    except ValueError as error:
        authors = tuple(author.name for author in of.authors)
        return Listed(of.name, of.title, of.tier, "submitted", authors, folder, problem=f"{histories.FILE}: {error}")
    edited = bool(events) and events[-1].submission != read.sha256
    times = [event.time for event in events if event.state == "submitted" and event.submission == read.sha256]
    return Listed(
        name=of.name,
        title=of.title,
        tier=of.tier,
        state=events[-1].state if events and not edited else "submitted",
        authors=tuple(author.name for author in of.authors),
        folder=folder,
        sha256=read.sha256,
        submitted=times[0] if times else None,
        changed=events[-1].time if events else None,
        edited=edited,
        history=events,
        declared={name: each for package in of.methods for name, each in package.declared.items()},
        results=folder / "results" if of.results else None,
        problem="" if of.name == folder.name else f"the folder's name is not that of the submission, {of.name!r}",
    )


def _follows(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Tell whether a list seems too short only because an item of it is wrong, of which another error tells."""
    place = error["loc"]
    return error["type"] == "too_short" and any(each["loc"][: len(place)] == place for each in errors if each != error)


def _fault(error: ErrorDetails, document: yaml.Document) -> Fault:
    """Return what pydantic says, with the line of the part or of the nearest one around it."""
    at = tuple(error["loc"])
    cause = error["msg"].removeprefix("Value error, ")
    if error["type"] == "string_pattern_mismatch":
        named = [part for part in at if isinstance(part, str)]
        cause = f"it should be {PATTERNS[named[-1]]}" if named and named[-1] in PATTERNS else cause
    if not at and ": " in cause:  # of the whole document: the message begins with the path
        path, _, cause = cause.partition(": ")
        at = tuple(int(part) if part.isdigit() else part for part in path.split("."))
    if error["type"] == "string_type":
        cause += "; a number becomes a text by quotes"
    place = at
    while place and place not in document.lines:
        place = place[:-1]
    where = clean(".".join(str(part) for part in at))[:200]
    return Fault(cause, f"{FILE}, line {document.lines.get(place, 1)}{f' ({where})' if where else ''}")

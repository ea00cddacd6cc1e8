"""Putting an accepted submission in its place, whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from suite.store.intake import Entry
from suite.store.submission import read_history
from suite.submit.states import record


class Taken(Exception):
    """Another submission has the name."""


def place(folder: Path, submissions: Path, entry: Entry, by: str) -> None:
    """Write down that a submission is validated, and move its folder to ``submissions/<its name>``.

    Raises:
        Taken: something of that name is there.
    """
    evidence = {"upload": entry.id, "sha256": entry.sha256, "holder": entry.holder}
    record(folder, "validated", by=by, evidence=evidence)
    submissions.mkdir(parents=True, exist_ok=True)
    target = submissions / folder.name
    coming = submissions / f".{entry.id}"  # the move may be a copy; what follows is one step
    shutil.rmtree(coming, ignore_errors=True)
    shutil.move(folder, coming)
    try:
        if target.is_symlink() or target.exists():
            raise Taken
        try:
            coming.rename(target)
        except OSError as error:
            if target.exists():
                raise Taken from error
            raise
    except BaseException:
        shutil.rmtree(coming, ignore_errors=True)
        raise


def is_placed(submissions: Path, name: str, entry: Entry) -> bool:
    """Return whether the submission of that name came from this very upload."""
    try:
        history = read_history(submissions / name)
    except ValueError:
        return False
    return any(event.evidence.get("upload") == entry.id for event in history)

"""What a check found: every problem at once, each with its cause, its place and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from suite.store.results.results import Results
from suite.store.submission import Submission
from suite.text import clean

SHOWN = 300
"""Signs of a text that a message shows at most."""


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with a submission."""

    cause: str
    place: str
    next: str

    def __str__(self) -> str:
        return f"{shown(self.place)}: {shown(self.cause)}; next: {shown(self.next)}"


@dataclass(frozen=True)
class Report:
    """What came of checking a folder.

    Attributes:
        folder: its name.
        sha256: of its submission.yaml; empty if there is none.
        problems: all that is wrong; it is fine if nothing is.
        submission: what it says, if that can be read.
        results: its results, if it has any and they are fine.
    """

    folder: str
    sha256: str
    problems: tuple[Problem, ...]
    submission: Submission | None = None
    results: Results | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data: ``folder``, ``ok``, ``sha256``, ``problems`` and counts."""
        of = self.submission
        return {
            "folder": self.folder,
            "ok": self.ok,
            "sha256": self.sha256,
            "name": of.name if of else None,
            "tier": of.tier if of else None,
            "methods": len(of.names) if of else 0,
            "runs": len(self.results.runs) if self.results else 0,
            "problems": [asdict(problem) for problem in self.problems],
        }

    def as_markdown(self) -> str:
        """Return the report for a pull request; every text of it is shown as text."""
        from suite.submit.comparison import escaped

        if self.problems:
            lines = "".join(f"* {escaped(str(problem))}\n" for problem in self.problems)
            count = len(self.problems)
            return f"**{escaped(self.folder)}: {count} problem{'s' if count > 1 else ''}**\n\n{lines}"
        runs = f", {len(self.results.runs)} runs" if self.results else ", no results"
        methods = len(self.submission.names) if self.submission else 0
        return f"**{escaped(self.folder)} is fine**: {methods} methods{runs}\n"


def shown(text: str) -> str:
    """Return a text as one line of a message shows it: cleaned, and not too long."""
    line = clean(text)
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Return the first few names, and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")

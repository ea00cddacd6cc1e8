"""Checking a submission: everything that can be known without running any code of it, all problems at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from suite.errors import SuiteError
from suite.hashing import file_digest
from suite.registry import Registry
from suite.store.results.layout import MANIFEST
from suite.store.results.reading import read_results
from suite.store.results.results import Results
from suite.store.submission import Submission, read_history, read_submission
from suite.store.submission.folder import oddities, read_plain
from suite.store.submission.history import FILE as HISTORY
from suite.store.submission.history import LARGEST, SKEW, Event
from suite.store.submission.reading import FILE
from suite.submit.archive import archive_problems
from suite.submit.claims import claim_problems
from suite.submit.known import known_problems
from suite.submit.recorded import PACK, result_problems
from suite.submit.report import Problem, Report
from suite.submit.taken import taken_problems

BY_ANYBODY = ("submitted", "disputed", "withdrawn")
"""States that whoever sends a submission may add; the others are the maintainers'."""


def check(
    folder: Path, registry: Registry, *, beside: Path | None = None, before: Path | None = None, anew: bool = False
) -> Report:
    """Return all that is wrong with a submission. Runs no code of it, writes nothing, and raises nothing for it.

    Args:
        folder: the submission.
        registry: tasks and metrics that it may name.
        beside: the folder of other submissions, whose names are taken; the one around the folder if not given.
        before: the folder as it was; a history that does not begin with that one, or adds what only maintainers may
            say, is a problem.
        anew: whether a row is added next that says that the files are submitted: the history need not be about them.
    """
    folder = folder.absolute()
    if odd := oddities(folder):
        stray = tuple(Problem(text, folder.name, "remove it, then check again") for text in odd)
        return Report(folder.name, "", stray)
    read = read_submission(folder)
    problems = [Problem(fault.cause, fault.place, "docs/submitting.md says what it may be") for fault in read.faults]
    problems += history_problems(folder, before, read.sha256, anew=anew)
    if read.submission is None:
        return Report(folder.name, read.sha256, tuple(problems))
    of = read.submission
    problems += placeholders(of)
    problems += taken_problems(of, folder, registry, beside or folder.parent)
    problems += known_problems(of, registry)
    problems += [each for package in of.methods if package.source for each in archive_problems(folder, package)]
    results, refused = _results(of, folder)
    problems += refused
    if results is not None:
        problems += result_problems(of, results, registry)
        problems += claim_problems(of, results)
    return Report(folder.name, read.sha256, tuple(problems), of, None if refused else results)


def placeholders(of: Submission) -> Iterator[Problem]:
    """Yield the texts that a template left to be filled in."""
    texts = {
        "title": of.title,
        "contact": of.contact,
        **{f"authors.{n}": each.name for n, each in enumerate(of.authors)},
        **{
            f"methods: {name}: card.authors": declared.card.authors or ""
            for package in of.methods
            for name, declared in package.declared.items()
        },
    }
    for field, text in texts.items():
        if "PLACEHOLDER" in text:
            yield Problem(f"it still says {text!r}", f"{FILE} ({field})", "fill in what it asks for")


def history_problems(folder: Path, before: Path | None, sha256: str, *, anew: bool = False) -> Iterator[Problem]:
    """Yield what is wrong with the history of a folder, given its submission.yaml's hash and how the folder was."""
    try:
        history = read_history(folder)
    except ValueError as error:
        yield Problem(str(error), HISTORY, "git checkout history.jsonl: rows are only added, by suite submit")
        return
    former = _former(before) if before is not None else b""
    if not history and (former or not anew):
        yield Problem(
            "it has no row, so nobody says that this was submitted, or withdrawn later",
            HISTORY,
            "put the file back as it was; of new files: suite submit check FOLDER --record --by NAME",
        )
        return
    if history and history[-1].submission != sha256 and not anew:
        yield Problem(
            f"it is not the file that the last row of the history ({history[-1].state}) is about: it was edited since",
            FILE,
            "suite submit check FOLDER --record --by NAME",
        )
    if before is not None:
        yield from _added(folder, former, history)


def _former(before: Path) -> bytes:
    try:
        return read_plain(before / HISTORY, LARGEST)
    except OSError:
        return b""


def _added(folder: Path, former: bytes, history: tuple[Event, ...]) -> Iterator[Problem]:
    content = read_plain(folder / HISTORY, LARGEST) if history else b""
    if not content.startswith(former):
        yield Problem("rows of the history were changed or removed", HISTORY, "put them back; rows are only added")
        return
    for number, event in enumerate(history[former.count(b"\n") :], former.count(b"\n") + 1):
        if event.state not in BY_ANYBODY:
            cause = f"only a maintainer says that a submission is {event.state}"
            yield Problem(cause, f"{HISTORY}, row {number}", "remove the row")


def _results(of: Submission, folder: Path) -> tuple[Results | None, list[Problem]]:
    place = folder / "results"
    if of.results is None:
        if place.exists():
            return None, [
                Problem("there are results that submission.yaml does not name", "results", "suite submit pack")
            ]
        return None, []
    try:
        results = read_results(place)
    except SuiteError as error:
        return None, [Problem(error.cause, "results", error.next)]
    problems = []
    if (found := file_digest(place / MANIFEST)) != of.results.manifest:
        cause = f"results/manifest.json has the sha256 {found[:12]}, not the one that submission.yaml names"
        problems.append(Problem(cause, f"{FILE} (results.manifest)", PACK))
    if results.manifest.written > datetime.now(UTC).replace(tzinfo=None) + SKEW:
        problems.append(Problem("the results were written in the future", f"results/{MANIFEST}", PACK))
    return results, problems

"""Names that others have: of submissions beside this one, and of methods."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from packaging.utils import canonicalize_name

from suite.discovery import OWN
from suite.registry import Registry
from suite.store.submission import Submission, read_submission, read_submissions
from suite.store.submission.reading import FILE
from suite.submit.report import Problem

ANOTHER = "choose another name"


def taken_problems(of: Submission, folder: Path, registry: Registry, beside: Path) -> Iterator[Problem]:
    """Yield names that are another's: of the folder, and of methods of other distributions."""
    if of.name != folder.name:
        yield Problem(f"the folder has another name, {folder.name!r}", f"{FILE} (name)", f"name the folder {of.name}")
    distributions: dict[str, str] = {
        name: canonicalize_name(package.distribution) for package in of.methods for name in package.names
    }
    for name, distribution in distributions.items():
        if name not in registry.methods or distribution == OWN:
            continue
        if registry.methods.entry(name).plugin.distribution == OWN:
            yield Problem(f"the method {name} is a built-in one", f"{FILE} (methods)", ANOTHER)
    if any(canonicalize_name(package.distribution) == OWN and package.source for package in of.methods):
        yield Problem(f"{OWN} is the suite itself, and comes in no submission", f"{FILE} (methods)", ANOTHER)
    for other in read_submissions(beside):
        if other.folder.absolute() == folder or other.problem or other.state == "withdrawn":
            continue
        if other.name == of.name:
            yield Problem(f"the name {of.name!r} is taken by another submission", f"{FILE} (name)", ANOTHER)
        yield from _methods(distributions, other.folder)


def _methods(distributions: dict[str, str], other: Path) -> Iterator[Problem]:
    of = read_submission(other).submission
    for package in of.methods if of else ():
        for name in package.names:
            if name in distributions and distributions[name] != canonicalize_name(package.distribution):
                cause = f"the method {name} is that of the submission {other.name!r}, from {package.distribution}"
                yield Problem(cause, f"{FILE} (methods)", ANOTHER)

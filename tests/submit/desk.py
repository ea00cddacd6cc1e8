"""A submission on a desk: to be changed as somebody would who has no good in mind, and checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from suite.hashing import file_digest
from suite.registry import Registry
from suite.store.submission import yaml
from suite.store.submission.history import FILE as HISTORY
from suite.store.submission.reading import FILE
from suite.submit import Report, check

ABOUT = {
    "title": "Energy again",
    "authors": [{"name": "Ada Lovelace", "affiliation": "Somewhere", "orcid": "0000-0002-1825-0097"}],
    "licence": "MIT",
    "contact": "ada@example.org",
    "paper": "https://example.org/paper",
}


class Desk:
    """A folder with a submission."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        self.folder = folder
        self.registry = registry

    @property
    def document(self) -> dict[str, Any]:
        """What submission.yaml says."""
        value: dict[str, Any] = yaml.parse((self.folder / FILE).read_bytes()).value
        return value

    def write(self, text: str) -> None:
        """Put another submission.yaml there, and a history that is about it."""
        (self.folder / FILE).write_text(text, encoding="utf-8")
        row = json.loads((self.folder / HISTORY).read_text().splitlines()[0])
        self.history(row | {"submission": file_digest(self.folder / FILE)})

    def edit(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change what submission.yaml says."""
        document = self.document
        change(document)
        self.write(yaml.text_of(document))

    def history(self, *rows: dict[str, Any]) -> None:
        """Put another history there."""
        (self.folder / HISTORY).write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows of the history."""
        return [json.loads(line) for line in (self.folder / HISTORY).read_text().splitlines()]

    def check(self, **how: Any) -> Report:
        """Check it."""
        return check(self.folder, self.registry, **how)

    def refused(self, **how: Any) -> str:
        """Return the one problem that there is, as it is printed."""
        before = self.state()
        problems = self.check(**how).problems
        assert len(problems) == 1, [str(problem) for problem in problems]
        assert self.state() == before
        return str(problems[0])

    def state(self) -> dict[str, str]:
        """Return every file with its sha256."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink())
        return {str(path.relative_to(self.folder)): file_digest(path) for path in files}

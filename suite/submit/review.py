"""What a pull request changes below ``submissions/``: each change checked, and its rows beside those that are there.

Both folders are read as data. No code of either is run.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from suite.hashing import bytes_digest
from suite.registry import Registry
from suite.store.submission.folder import FILES, oddities, read_plain
from suite.store.submission.reading import FILE
from suite.submit.check import check
from suite.submit.comparison import Compared, compared
from suite.submit.report import Problem, Report, shown

CHANGES, ROWS = 20, 200
"""How many changed submissions are looked at, and how many rows of each are told."""
LARGEST = 64 * 2**20


@dataclass(frozen=True)
class Change:
    """A submission that is added, changed or removed, what came of checking it, and its rows beside the others."""

    name: str
    kind: str
    report: Report
    rows: tuple[Compared, ...] = ()


@dataclass(frozen=True)
class Review:
    """All that there is to say of a pull request's submissions."""

    changes: tuple[Change, ...]
    left: int

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong, and all was looked at."""
        return not self.left and all(change.report.ok for change in self.changes)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        changes = [
            {**each.report.as_json(), "name": each.name, "kind": each.kind, "rows": [asdict(row) for row in each.rows]}
            for each in self.changes
        ]
        return {"format": 1, "ok": self.ok, "left": self.left, "changes": changes}


def review(base: Path, proposed: Path, registry: Registry) -> Review:
    """Return what is changed from one folder of submissions to another, and what is to be said of it.

    Args:
        base: the folder as it is.
        proposed: the folder as somebody would have it. It may hold anything.
        registry: tasks and metrics.
    """
    former, names = _names(base), _names(proposed)
    changed = [name for name in sorted(former | names) if _state(base / name) != _state(proposed / name)]
    changes = [_change(name, base, proposed, registry) for name in changed[:CHANGES]]
    return Review(tuple(changes), len(changed) - len(changes))


def _names(folder: Path) -> set[str]:
    with os.scandir(folder) as entries:
        return {entry.name for entry in entries if entry.is_dir(follow_symlinks=False) or entry.is_symlink()}


def _state(folder: Path) -> str | None:
    """Return a digest of all that is in a folder; of an odd one, which no check lets through, that of its oddities."""
    if not folder.is_symlink() and not folder.exists():
        return None
    if odd := oddities(folder):
        return f"odd: {odd}"
    paths = sorted(path for path in folder.rglob("*") if path.is_file())[:FILES]
    parts = [f"{path.relative_to(folder)} {bytes_digest(read_plain(path, LARGEST))}" for path in paths]
    return bytes_digest("\n".join(parts).encode())


def _change(name: str, base: Path, proposed: Path, registry: Registry) -> Change:
    before, after = base / name, proposed / name
    if not after.is_symlink() and not after.exists():
        problem = Problem("it was removed: nothing that was published is", name, f"suite submit withdraw {shown(name)}")
        return Change(name, "removed", Report(name, "", (problem,)))
    kind = "changed" if (before / FILE).is_file() else "added"
    report = check(after, registry, before=before)
    rows = compared(report.results, registry, [(proposed, False)])[:ROWS] if report.results else []
    return Change(name, kind, report, tuple(rows))

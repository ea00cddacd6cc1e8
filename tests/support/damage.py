"""What becomes of each kind of file in a home folder once a byte of it is another: mended, noticed, or neither."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from suite.board.artifact import load_board
from suite.errors import SuiteError
from suite.registry import load_registry
from suite.run.audit import contradictions
from suite.run.foreign import CLOCK
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.settings import Settings, load_settings
from suite.store.pages import check_pages
from suite.store.reading import Reader
from suite.store.samples import read_table

from .flipping import flipped
from .silent import Silent

Scores = dict[tuple[str, str, str, str], float]
OF_NO_MATTER = ("*.lock", "logs/*", "suite.db-shm")
"""Files that hold nothing, texts for people, and what SQLite makes anew whenever a store is opened first."""


@dataclass
class Home:
    """A home folder after a run of ``tasks``, each with the method that it names."""

    settings: Settings
    tasks: dict[str, str]
    makers: dict[Path, str] = field(default_factory=dict)
    """The task in whose run each file came to be."""

    def run(self, store: str = "suite.db", only: str = "") -> Scores:
        """Run the cells of all tasks or of one that this store lacks; return all scores but those of a clock."""
        url = f"sqlite:///{self.settings.home / store}"
        registry = load_registry()
        for task, method in self.tasks.items() if not only else [(only, self.tasks[only])]:
            request = Request((task,), (method,), (0,), settings=())
            summary = Runner(registry, self.settings.model_copy(update={"database": url}), Silent(), "inline").run(
                request
            )
            assert summary.clean, (summary.states, summary.errors)
            for file in self.settings.home.rglob("*"):
                self.makers.setdefault(file, task)
        reader = Reader(url)
        runs = reader.latest_runs()
        reader.close()
        return {
            (run.cell.task, str(run.cell.setting), score.metric, score.subset): score.value
            for run in runs
            for score in run.scores
            if registry.tasks[run.cell.task]().metric(score.metric).unit != CLOCK
        }

    def kinds(self) -> dict[str, list[Path]]:
        """Return the files that hold something, by what is left of their names without hashes and dates."""
        kinds: dict[str, list[Path]] = {}
        for path in sorted(self.settings.home.rglob("*")):
            if path.is_file() and path.stat().st_size:
                name = str(path.relative_to(self.settings.home))
                kind = re.sub(r"[0-9a-f]{32,64}", "*", re.sub("samples/../", "samples/", name))
                kind = re.sub(r"board/(?!index)[^/]*\.", "board/*.", kind)
                kinds.setdefault(kind, []).append(path)
        return kinds


def verdicts(home: Home, places: tuple[float, ...]) -> Iterator[tuple[str, int, str]]:
    """Yield each kind of file, how many bytes of it were flipped one at a time, and what became of them.

    Raises:
        AssertionError: a byte was neither noticed nor mended, or nobody has said what is to become of a kind.
    """
    clean, board = home.run(), _board(home)
    for kind, files in home.kinds().items():
        if any(fnmatch(kind, each) for each in OF_NO_MATTER):
            continue
        check = next((check for pattern, check in CHECKS.items() if fnmatch(kind, pattern)), None)
        assert check is not None, f"{kind}: say in tests/support/damage.py what becomes of it when it is damaged"
        path, found = max(files, key=lambda file: file.stat().st_size), set()
        for place in places:
            with flipped(path, place):
                found.add(check(home, path, clean, board))
        yield kind, len(places), ", ".join(sorted(found))


def _cached(home: Home, path: Path, clean: Scores, board: object) -> str:
    again, task = home.settings.home / "again.db", home.makers[path]
    assert home.run(again.name, task) == {key: value for key, value in clean.items() if key[0] == task}
    for file in again.parent.glob("again.db*"):
        file.unlink()
    return "mended: made again, the same scores bit for bit"


def _samples(home: Home, path: Path, clean: Scores, board: object) -> str:
    assert read_table(home.settings, path.stem) is None
    assert [why for _, why in contradictions(home.settings, load_registry()) if "samples are damaged" in why]
    assert home.run() == clean
    return "noticed: counts as gone, with a warning; suite doctor names the run"


def _shown(home: Home, path: Path, clean: Scores, board: object) -> str:
    assert _board(home) == board
    return "mended: made again"


def _store(home: Home, path: Path, clean: Scores, board: object) -> str:
    found = _told(home)
    if found is None:
        assert home.run() == clean
    return found or "of no matter: free space, an index or a text; scores as before"


def _told(home: Home) -> str | None:
    try:
        check_pages(home.settings.database_url)
        found = list(contradictions(home.settings, load_registry()))
    except SuiteError as error:
        words = ("damaged", "does not answer", "schema")
        return "noticed: told at once" if any(word in error.cause for word in words) else str(error)
    return "noticed: suite doctor" if found else None


CHECKS: dict[str, Callable[[Home, Path, Scores, object], str]] = {
    "cache/*": _cached,
    "samples/*": _samples,
    "board/*": _shown,
    "suite.db": _store,
}


def _board(home: Home) -> object:
    board = load_board(home.settings, load_registry())
    return list(board.tables), [board.scores(entry).to_pydict() for entry in board.entries]


def made(folder: Path, tasks: dict[str, str]) -> Home:
    """Return a home folder with these tasks run."""
    home = Home(load_settings(home=folder, workers=1, published=False), tasks)
    home.run()
    return home


def told(home: Home, places: tuple[float, ...], echo: Callable[[str], None]) -> list[str]:
    """Return the kinds that were seen, with a line told of each."""
    kinds = []
    for kind, count, verdict in verdicts(home, places):
        echo(f"{kind:<42} {count} flipped: {verdict}")
        kinds.append(kind)
    return kinds

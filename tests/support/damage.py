"""What becomes of each kind of file in a home folder once a byte of it is another: mended, noticed, or neither."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from suite.board.artifact import load_board
from suite.errors import SuiteError
from suite.registry import load_registry
from suite.run.audit import contradictions
from suite.run.foreign import CLOCK
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.settings import Settings, load_settings
from suite.store.reading import Reader
from suite.store.samples import read_table
from suite.upkeep import scores, store

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
    content: object = None
    """What its store says."""

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
    home.content = content(home.settings.store_file)
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
    return store_verdict(home.settings, home.content)


def store_verdict(settings: Settings, before: object) -> str:
    """Return what became of a store whose `content` was ``before``.

    Raises:
        AssertionError: a value is another, and nobody says so.
    """
    if store_told(settings):
        return "noticed: suite doctor"
    assert content(settings.store_file) == before
    return "of no matter: free space"


def store_told(settings: Settings) -> list[str]:
    """Return what the doctor says of a store. Whatever else reads it may end by an error in words, and no other way."""
    registry = load_registry()
    findings, health = store.look(settings)
    findings += scores.look(registry, settings, health)
    told = [finding.what for finding in findings if finding.verdict != "fine"]
    shutil.rmtree(settings.home / "board", ignore_errors=True)
    for read in (partial(load_board, settings, registry), partial(_every_run, settings)):
        try:
            read()
        except SuiteError as error:
            told = told and [*told, error.cause]  # what the doctor does not see is not noticed
    return told


def content(file: Path) -> object:
    """Return the schema and every row of a store, all of which lies in its one file then."""
    connection = sqlite3.connect(file)
    connection.text_factory = bytes
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        schema = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
        tables = [name.decode() for kind, name, _ in schema if kind == b"table"]
        rows = {table: connection.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}
        return schema, {table: sorted(rows[table], key=repr) for table in tables}
    finally:
        connection.close()


def _every_run(settings: Settings) -> None:
    reader = Reader(settings.database_url)
    try:
        for each in reader.latest_runs():
            reader.run(each.id)
            reader.reproductions(each.id)
    finally:
        reader.close()


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

"""The static site: the whole board as pages that need no server and no script, and its files beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from suite.board import citation
from suite.board.board import Board
from suite.board.matrix import Matrix, matrix
from suite.board.model import Entry, Table, Track
from suite.export import addresses
from suite.export.folder import replaced
from suite.export.matrix import matrix_content
from suite.export.methods import Methods, Shown, card_facts, method_content
from suite.export.pages import Pages
from suite.export.sitemap import robots, sitemap
from suite.export.table_page import FILES, TablePage, above
from suite.export.tasks import named, task_content, tasks_grid

ASSETS = (addresses.STYLE, addresses.SCRIPT, addresses.ICON)


def export_site(board: Board, folder: Path, url: str = "", waiting: Iterable[str] = ()) -> int:
    """Write the site into a folder and return how many pages it has; ``waiting`` are tasks without results.

    Raises:
        SuiteError: the folder holds something else.
    """
    with replaced(folder) as fresh:
        ended = max((entry.ended for entry in board.entries if entry.ended), default=None)
        pages = Pages(fresh, url, board.index.suite, ended)
        site = _Site(board, pages)
        site.write_tasks()
        site.write_methods()
        site.write_tracks()
        site.write_index(sorted(waiting))
        for name in ASSETS:
            pages.file(name, Path(__file__).with_name("assets").joinpath(name).read_bytes())
        pages.file("robots.txt", robots(url))
        if url:
            pages.file("sitemap.xml", sitemap(url, pages.paths))
        pages.write(lambda part: addresses.NOT_FOUND, "absent.html", "Not found", "There is no such page.")
    return len(pages.paths)


class _Site:
    """Writes the pages of one board."""

    def __init__(self, board: Board, pages: Pages) -> None:
        self._board = board
        # Cited is the end of the newest run, not the build, which says nothing of what is shown.
        self._index = board.index.model_copy(update={"built": pages.ended or board.index.built})
        self._pages = pages
        self._methods = Methods()
        self._tracks = {track.name: track for track in board.index.tracks}

    def write_tasks(self) -> None:
        """Write the pages of every task and of its tables, and the files of the tables; each table is read once."""
        for _, several in groupby(self._board.entries, key=lambda entry: entry.task):
            entries = list(several)
            for entry in entries:
                table = self._board.table(entry)
                if entry is entries[0]:
                    self._write_task(table, entries)
                self._write_table(entry, table, entries)

    def _write_table(self, entry: Entry, table: Table, entries: list[Entry]) -> None:
        others = [(named(other), addresses.table_page(other.file)) for other in entries if other is not entry]
        page = TablePage(entry, table, self._track(table.track), others, citation.table(entry, self._index))
        page.write(self._pages)
        for kind in FILES:
            self._pages.file(addresses.table_file(entry.file, kind), self._board.file(entry, kind))
        self._methods.add(entry, table)

    def _write_task(self, table: Table, entries: list[Entry]) -> None:
        self._pages.write(
            lambda part: addresses.task_page(table.task, part),
            "task.html",
            table.title,
            f"Protocol, metrics, data and tables of {table.task}.",
            entries,
            lambda some: task_content(table, some, self._index.suite),
            [above(self._track(table.track))],
        )

    def write_methods(self) -> None:
        """Write the page of every method; the tables must have been written."""
        for shown in self._methods:
            self._write_method(shown)

    def _write_method(self, shown: Shown) -> None:
        title = shown.card.title if shown.card else shown.name
        self._pages.write(
            lambda part: addresses.method_page(shown.name, part),
            "method.html",
            title if title == shown.name else f"{title} ({shown.name})",
            f"{title}: its place on every task. {dict(card_facts(shown)).get('paper', '')}".strip(),
            sorted(shown.rows, key=lambda row: not row[0].current),
            lambda rows: method_content(shown, rows),
            [above(self._track(shown.name.partition("/")[0]))],
        )

    def write_tracks(self) -> None:
        """Write the matrix of methods and tasks of every track."""
        for track in self._present():
            entries = [entry for entry in self._board.entries if entry.track == track.name and entry.current]
            self._write_track(track, matrix(entries))

    def _write_track(self, track: Track, whole: Matrix) -> None:
        self._pages.write(
            lambda part: addresses.track_page(track.name, part),
            "matrix.html",
            f"{track.title}: methods and tasks",
            track.question,
            whole.entries,
            lambda some: {"track": track, **matrix_content(track.title, whole, some)},
        )

    def write_index(self, waiting: list[str]) -> None:
        """Write the first page: every track with its tasks."""
        entries = [entry for entry in self._board.entries if entry.current]
        settings = Counter(entry.task for entry in entries)
        first: dict[str, Entry] = {}
        for entry in entries:
            first.setdefault(entry.task, entry)
        tracks = []
        for track in self._present():
            of_track = [entry for entry in first.values() if entry.track == track.name]
            tracks.append((track, tasks_grid(track.title, of_track, settings), addresses.track_page(track.name)))
        self._pages.write(
            addresses.index_page,
            "index.html",
            "Basin Suite leaderboard",
            f"{len(first)} tasks of {len(tracks)} tracks: who leads, and who is not told apart from the best.",
            tracks,
            lambda tracks: {"tracks": tracks, "waiting": waiting},
        )

    def _present(self) -> Iterator[Track]:
        with_results = dict.fromkeys(entry.track for entry in self._board.entries)
        for name in with_results:
            yield self._track(name)

    def _track(self, name: str) -> Track:
        return self._tracks.get(name) or Track(name=name, title=name, question="")

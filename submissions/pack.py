"""Packs the project's own results anew: ``python submissions/pack.py HOME``, in a checkout.

HOME is a home (SUITE_HOME) in which the built-in methods were run. What it writes, all of it for git:

* ``submissions/basin-suite``: the runs that have ended, with their scores, and samples where they are small. Its
  submission.yaml keeps title, authors and so on, and its history what it has.
* ``suite/board/ready``: the tables of the board that follow, so that a fresh install shows them at once. They hold for
  this very code: pack again when code of the board or a card has changed, before a release.

``python submissions/pack.py --tables`` makes the tables alone.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import suite
from suite.board.ready import READY
from suite.board.refresh import refresh
from suite.board.shelf import Shelf
from suite.board.sources import Source
from suite.hashing import file_digest
from suite.registry import Registry, load_registry
from suite.run.plan import SETTLED
from suite.settings import Settings
from suite.store.published import packaged_folders, published_in
from suite.store.reading import Reader
from suite.store.submission import read_history
from suite.store.submission.history import append, next_event
from suite.store.submission.reading import FILE
from suite.store.submission.yaml import parse
from suite.submit.pack import pack

FOLDER = Path(__file__).resolve().parent / "basin-suite"
SAMPLES = 14 * 2**20
"""Bytes before they are pressed to about half."""
KEPT = ("title", "authors", "licence", "contact", "paper")


def pack_results(registry: Registry, home: Path) -> str:
    """Replace the results by those of a home; return how much there is."""
    settings = Settings(home=home, database=None)
    reader = Reader(settings.database_url)
    rows = [row for row in reader.latest_runs(scores=False) if row.state in ("done", *SETTLED)]
    standard = [
        row for row in rows if row.cell.task in registry.tasks and registry.tasks[row.cell.task].tier == "standard"
    ]
    runs = [reader.run(row.id) for row in rows if row.cell.task in standard]
    reader.close()
    about = {name: said for name, said in parse((FOLDER / FILE).read_bytes()).value.items() if name in KEPT}
    by, history = about["authors"][0]["name"], read_history(FOLDER)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as folder:
        made = Path(folder) / FOLDER.name
        written = pack(runs, settings, registry, made, about, version=suite.__version__, by=by, samples=SAMPLES)
        event = next_event(history, "submitted", by, file_digest(made / FILE), reason="packed anew")
        shutil.rmtree(FOLDER / "results")
        (made / "results").rename(FOLDER / "results")
        (made / FILE).replace(FOLDER / FILE)
    append(FOLDER, [event])
    return f"{written.runs} runs, {written.samples} files of samples, {written.bytes / 2**20:.2f} MiB"


def make_tables(registry: Registry) -> str:
    """Make the tables of all that comes with the package; return how many."""
    found, refused = published_in([(folder, True) for folder in packaged_folders()])
    if refused:
        raise SystemExit(str(refused))
    shutil.rmtree(READY, ignore_errors=True)
    READY.mkdir()
    index = refresh(Source(registry, None, lambda run: None, found), Shelf(READY))
    (READY / ".lock").unlink(missing_ok=True)
    rows = sum(len(entry.results) for entry in index.entries)
    return f"{len(index.entries)} tables with {rows} rows"


if __name__ == "__main__":
    everything = load_registry()
    if sys.argv[1] != "--tables":
        print(pack_results(everything, Path(sys.argv[1])))
    print(make_tables(everything))

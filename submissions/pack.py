"""Packs the project's own results anew: ``python submissions/pack.py HOME...``, in a checkout.

A HOME is a home (SUITE_HOME) in which the built-in methods were run; of a cell that several have, the first counts.
Of a cell that none has, the run that was packed before stays.
Runs that could not be made again by this code are left out: their method or task is another now. So are rows in which a
seed of the task has not ended. What it writes, all of it for git:

* ``submissions/basin-suite``: the runs that have ended, with their scores, and samples where they are small. Its
  submission.yaml keeps title, authors and so on, and its history what it has.
* ``suite/board/ready``: the tables of the board that follow, so that a fresh install shows them at once. They hold for
  this very code: make them again when code of the board or a card has changed, before a release.

``python submissions/pack.py --tables`` makes the tables alone.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import suite
from suite.board.ready import READY
from suite.board.refresh import refresh
from suite.board.shelf import Shelf
from suite.board.sources import Source
from suite.cache import Cache
from suite.hashing import canonical_json, file_digest
from suite.registry import Registry, load_registry
from suite.run.plan import SETTLED
from suite.run.reproduce.planned import CannotRepeat, repeated
from suite.settings import Settings
from suite.store.published import packaged_folders, published_in
from suite.store.reading import Reader
from suite.store.results.reading import read_results
from suite.store.rows import RunRow
from suite.store.samples import samples_path
from suite.store.submission import read_history
from suite.store.submission.history import append, next_event
from suite.store.submission.reading import FILE
from suite.store.submission.yaml import parse
from suite.submit.pack import pack

FOLDER = Path(__file__).resolve().parent / "basin-suite"
SAMPLES = 14 * 2**20
"""Bytes before they are pressed to about half."""
KEPT = ("title", "authors", "licence", "contact", "paper")


def pack_results(registry: Registry, homes: Sequence[Path]) -> str:
    """Replace the results by those of these homes; return how much there is."""
    about = {name: said for name, said in parse((FOLDER / FILE).read_bytes()).value.items() if name in KEPT}
    by, history = about["authors"][0]["name"], read_history(FOLDER)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent, prefix=".pack-") as folder:
        together, made = Settings(home=Path(folder) / "home", database=None), Path(folder) / FOLDER.name
        runs: dict[str, RunRow] = {}
        other: Counter[str] = Counter()
        for home in homes:
            settings = Settings(home=home, database=None)
            for run in ended(settings):
                if not can_be_repeated(run, registry, Cache(settings.cache_folder)):
                    other[run.cell.task] += 1
                elif run.cell.id not in runs:
                    runs[run.cell.id] = run
                    take_samples(run, samples_path(settings, run.samples or ""), together)
        for run, samples in packed_before():
            if not can_be_repeated(run, registry, Cache(together.cache_folder)):
                other[run.cell.task] += 1
            elif run.cell.id not in runs:
                runs[run.cell.id] = run
                take_samples(run, samples, together)
        whole = whole_rows(list(runs.values()), registry)
        packed = pack(whole, together, registry, made, about, version=suite.__version__, by=by, samples=SAMPLES)
        event = next_event(history, "submitted", by, file_digest(made / FILE), reason="packed anew")
        shutil.rmtree(FOLDER / "results", ignore_errors=True)
        (made / "results").rename(FOLDER / "results")
        (made / FILE).replace(FOLDER / FILE)
    append(FOLDER, [event])
    size = f"{packed.bytes / 2**20:.2f} MiB"
    left = f"left out of rows that lack seeds: {len(runs) - len(whole)}, as of other code: {dict(other)}"
    return f"{packed.runs} runs, {packed.samples} files of samples, {size}; {left}"


def ended(settings: Settings) -> list[RunRow]:
    """Return the run that counts of each cell, in full, if it has ended."""
    reader = Reader(settings.database_url)
    try:
        rows = [row for row in reader.latest_runs(scores=False) if row.state in ("done", *SETTLED)]
        return [reader.run(row.id) for row in rows]
    finally:
        reader.close()


def can_be_repeated(run: RunRow, registry: Registry, cache: Cache) -> bool:
    """Tell whether this code has the very cell of a run."""
    try:
        repeated(run.cell, registry, cache)
    except CannotRepeat:
        return False
    return True


def whole_rows(runs: Sequence[RunRow], registry: Registry) -> list[RunRow]:
    """Return the runs of those rows that have every seed of their task."""
    rows: dict[str, list[RunRow]] = {}
    for run in runs:
        row = canonical_json([run.cell.task, run.cell.setting, run.cell.method, run.cell.parameters])
        rows.setdefault(row, []).append(run)
    return [
        run
        for row in rows.values()
        if {run.cell.seed for run in row}.issuperset(registry.tasks[row[0].cell.task].seeds)
        for run in row
    ]


def packed_before() -> Iterator[tuple[RunRow, Path]]:
    """Yield the runs of the submission as it is, each with where its samples would lie."""
    results = read_results(FOLDER / "results")
    for part in results.runs:
        yield results.row(part), results.samples.get(part.samples or "", Path())


def take_samples(run: RunRow, source: Path, together: Settings) -> None:
    """Copy a run's samples into the home from which all are packed."""
    if run.samples and source.is_file():
        target = samples_path(together, run.samples or "")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


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
        print(pack_results(everything, list(map(Path, sys.argv[1:]))))
    print(make_tables(everything))

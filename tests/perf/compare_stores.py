"""Compare the scores of two stores bit for bit: ``python tests/perf/compare_stores.py OLD.db NEW.db``.

For a change that must not change scores: run the same cells before and after it, each in a home of its own, and compare
the two stores. Both are copied and upgraded first. Cells meet under today's names and complete settings; where an older
task had the values of an axis as subsets, as ``W4A4`` or ``W4A4/32``, those are taken as the setting. Times are left
out. Exits with 1 if a score or an interval differs.
"""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from suite.board.build import under_todays_names
from suite.registry import Registry, load_registry
from suite.store.migrate import upgrade
from suite.store.reading import Reader
from suite.store.rows import RunRow, ScoreRow

TIMES = {"seconds", "quantize_seconds", "selector_seconds"}
Key = tuple[str, str, str, str, int, str, str]


def read(file: Path, registry: Registry) -> dict[Key, ScoreRow]:
    """Return the scores of finished cells by what they are of."""
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copy(file, folder))
        upgrade(f"sqlite:///{copy}")
        reader = Reader(f"sqlite:///{copy}")
        runs = [under_todays_names(run, registry) for run in reader.latest_runs() if run.state == "done"]
        reader.close()
    return {key(run, score, registry): score for run in runs for score in run.scores if score.metric not in TIMES}


def key(run: RunRow, score: ScoreRow, registry: Registry) -> Key:
    """Return what a score is of; a subset that is a value of the task's first axis belongs to the setting."""
    cell, setting, subset = run.cell, dict(run.cell.setting), score.subset
    axes = registry.tasks[cell.task].axes
    first, _, second = subset.partition("/")
    if axes and axes[0].accepts(first) and subset not in registry.tasks[cell.task].subsets:
        setting |= {axes[0].name: first} | ({axes[1].name: second} if second else {})
        subset = registry.tasks[cell.task].primary.subset
    return (cell.task, str(sorted(setting.items())), cell.method, str(sorted(cell.parameters.items())), cell.seed,
            score.metric, subset)  # fmt: skip


def main(old: Path, new: Path) -> int:
    """Print how many scores are equal and which are not; return the exit status."""
    registry = load_registry()
    before, after = read(old, registry), read(new, registry)
    common = before.keys() & after.keys()
    values = [k for k in common if (before[k].value, before[k].n) != (after[k].value, after[k].n)]
    intervals = [k for k in common if before[k].interval != after[k].interval]
    print(f"{len(common):,} scores in both stores, of {len({k[:5] for k in common}):,} cells")
    print(f"{len(values)} values and {len(intervals)} intervals differ")
    for k in [*values, *intervals][:20]:
        print("  ", *k, before[k], after[k], sep="\n    ")
    for name, only in (("old", before.keys() - common), ("new", after.keys() - common)):
        cells = Counter(k[0] for k in {k[:5] for k in only} - {k[:5] for k in common})
        metrics = sorted({(k[0], k[5]) for k in only if k[:5] in {c[:5] for c in common}})
        print(f"only in the {name} store: cells {dict(cells)}, metrics of common cells {metrics}")
    return bool(values or intervals)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))

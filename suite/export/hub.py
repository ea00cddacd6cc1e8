"""The board as evaluation results of the Hugging Face hub: ``.eval_results/*.yaml`` for the repository of each method.

``eval.yaml`` names the tasks for the data set's repository, which the hub makes a benchmark of. A result there is one
number: intervals, places and tie groups stand in its notes, as words.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from suite.board.board import Board
from suite.board.model import Entry, Row, Table
from suite.board.ties import tied
from suite.errors import SuiteError
from suite.export import numbers
from suite.export.addresses import portable
from suite.export.folder import replaced
from suite.text import clean

_DATASET = re.compile(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}\Z")


def export_results(board: Board, folder: Path, dataset: str) -> int:
    """Write the results of every current table; return how many files they are. ``dataset`` is the benchmark's name.

    Raises:
        SuiteError: the data set has no such name, or the folder holds something else.
    """
    if not _DATASET.match(dataset):
        raise SuiteError(
            f"{dataset!r} is not the name of a data set on the hub",
            place="--dataset",
            next="suite export DIR --format hub --dataset OWNER/NAME",
        )
    files, tasks = 0, []
    with replaced(folder) as fresh:
        for entry in board.entries:
            if not entry.current:
                continue
            table = board.table(entry)
            tasks.append({"id": task_id(entry), "config": "default", "split": "test"})
            for row in table.rows:
                if row.value(table.primary) is not None:
                    place = fresh / "methods" / table.track / portable(row.label) / ".eval_results"
                    place.mkdir(parents=True, exist_ok=True)
                    _write(place / f"{task_id(entry)}.yaml", [result(entry, table, row, dataset)])
                    files += 1
        about = {
            "name": "Basin Suite",
            "description": clean(" ".join(f"{track.title}: {track.question}" for track in board.index.tracks)),
            "evaluation_framework": "basin-suite",
            "tasks": tasks,
        }
        _write(fresh / "eval.yaml", about)
    return files


def task_id(entry: Entry) -> str:
    """Return what a table is called in the benchmark: its task and its setting."""
    return portable("-".join([*entry.task.split("/"), *entry.setting.values()]))


def result(entry: Entry, table: Table, row: Row, dataset: str) -> dict[str, Any]:
    """Return one result as the hub's documentation describes it; ``value`` is in the metric's shown unit."""
    metric, value = table.metric(table.primary.metric), row.value(table.primary)
    assert value is not None
    between = numbers.interval(metric, value)
    said = [
        f"{table.primary} ({metric.shown_unit}, {metric.direction} is better), mean over seeds: {value.n}",
        f"95 % interval {between}" if between else "",
        f"rank {numbers.place(row.rank)}" if row.rank else row.standing,
        "not told apart from the best" if row.rank and row.label in tied(table) else "",
        "partial" if value.partial else "",
        f"{entry.task} {entry.version}, protocol {entry.protocol[:12]}",
    ]
    return {
        "dataset": {"id": dataset, "task_id": task_id(entry)},
        "value": round(metric.shown(value.mean), 6),
        **({"date": numbers.instant(table.ended).isoformat()} if table.ended else {}),
        "notes": clean("; ".join(part for part in said if part)),
    }


def _write(path: Path, document: Any) -> None:
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    path.write_text(text, encoding="utf-8")

"""The board as records of "Every Eval Ever", schema 0.3.0 of the EvalEval coalition: one a row of every current table.

The schema is made for language models. A method stands where it has a model, its places and tie group in ``details``,
which are texts; docs/export.md says what is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from suite.board.board import Board
from suite.board.model import Row, Table, Value
from suite.contracts import Metric
from suite.export import numbers
from suite.export.addresses import portable
from suite.export.folder import replaced
from suite.hashing import digest
from suite.text import clean

VERSION = "0.3.0"
COLLECTION = "basin-suite"


def export_records(board: Board, folder: Path, organization: str) -> int:
    """Write ``data/basin-suite/TRACK/METHOD/UUID.json`` for every row with a value; return how many they are.

    Raises:
        SuiteError: the folder holds something else.
    """
    count = 0
    with replaced(folder) as fresh:
        for entry in board.entries:
            if not entry.current:
                continue
            table = board.table(entry)
            for row in table.rows:
                if row.values:
                    place = fresh / "data" / COLLECTION / portable(table.track) / portable(row.label)
                    place.mkdir(parents=True, exist_ok=True)
                    text = json.dumps(record(table, row, board.index.suite, organization), indent=1, allow_nan=False)
                    (place / f"{_uuid(table, row)}.json").write_text(f"{text}\n", encoding="utf-8")
                    count += 1
    return count


def record(table: Table, row: Row, suite: str, organization: str) -> dict[str, Any]:
    """Return the record of a row. It holds no time but that of the runs: made again it is the same."""
    setting = portable(table.condition) if table.setting else "default"
    moment = str(int(numbers.instant(table.ended).timestamp())) if table.ended else "0"
    return {
        "schema_version": VERSION,
        "evaluation_id": f"{table.task}/{setting}/{row.method}/{_uuid(table, row)}",
        "evaluation_timestamp": moment,
        "retrieved_timestamp": moment,
        "source_metadata": {
            "source_name": "Basin Suite",
            "source_type": "evaluation_run",
            "source_organization_name": organization,
            "evaluator_relationship": "third_party",
            "additional_details": {"protocol": table.protocol, "runs": " ".join(run.run for run in row.runs)},
        },
        "eval_library": {"name": "basin-suite", "version": suite},
        "model_info": _model(table, row),
        "evaluation_results": [_result(table, row, value) for value in row.values],
    }


def _model(table: Table, row: Row) -> dict[str, Any]:
    details = {
        "deployment_type": "self_deployed",
        "model_availability": "unknown",
        "kind": "method",
        "version": row.version,
        "parameters": json.dumps(row.parameters, sort_keys=True),
        "standing": row.standing,
        "access": ", ".join(row.access),
    }
    if row.card:
        card = row.card.model_dump(exclude_none=True)
        details |= {f"card_{name}": clean(text) for name, text in card.items() if text}
    return {"name": clean(row.label), "id": f"{table.track}/{portable(row.label)}", "additional_details": details}


def _result(table: Table, row: Row, value: Value) -> dict[str, Any]:
    metric = table.metric(value.metric)
    primary = (value.metric, value.subset) == (table.primary.metric, table.primary.subset)
    name = ".".join(part for part in ("basin-suite", *table.task.split("/"), *table.setting.values(), value.subset))
    data = {of: fingerprint or "missing" for of, fingerprint in table.ingredients.items()}
    return {
        "evaluation_result_id": f"{value.metric}/{value.subset}",
        "evaluation_name": clean(name),
        "source_data": {"dataset_name": clean(table.title), "source_type": "other", "additional_details": data},
        "metric_config": _metric(metric, primary),
        "score_details": {
            "score": value.mean,
            "details": {**_places(row if primary else None), "partial": str(value.partial).lower()},
            **_uncertainty(value),
        },
    }


def _metric(metric: Metric, primary: bool) -> dict[str, Any]:
    low, high = metric.bounds
    return {
        "evaluation_description": clean(metric.definition),
        "metric_id": metric.name,
        "metric_name": metric.name,
        "metric_unit": "proportion" if metric.unit == "fraction" else clean(metric.unit),
        "lower_is_better": metric.direction == "lower",
        "score_type": "continuous",
        "min_score": "-Infinity" if low is None else low,
        "max_score": "Infinity" if high is None else high,
        "additional_details": {"version": metric.version, "ranks": str(primary).lower()},
    }


def _uncertainty(value: Value) -> dict[str, Any]:
    if value.low is None or value.high is None:
        return {}
    interval = {"lower": value.low, "upper": value.high, "confidence_level": 0.95, "method": value.basis}
    return {"uncertainty": {"confidence_interval": interval, "num_samples": value.n}}


def _places(row: Row | None) -> Mapping[str, str]:
    """Return what has no field of its own: the place, its interval, and whether it is told apart from the best."""
    if row is None or row.rank is None:
        return {}
    rank = row.rank
    places = {"rank": str(rank.place), "rank_best": str(rank.best), "rank_worst": str(rank.worst)}
    return places | {"not_told_apart_from_the_best": str(rank.tied).lower()}


def _uuid(table: Table, row: Row) -> UUID:
    """Return an id of the form that the collection asks for, always the same for the same row under one protocol."""
    made_of = digest([table.task, table.setting, table.protocol, row.method, row.parameters])
    return UUID(bytes=bytes.fromhex(made_of[:32]), version=4)

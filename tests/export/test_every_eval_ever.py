"""Records keep to the schema of Every Eval Ever.

The schema below says in our words what ``every_eval_ever/schemas/eval.schema.json`` of the repository
evaleval/every_eval_ever (MIT licence) asks for, version 0.3.0, at commit 9bce4136e789ec006c62582f5f9d107d20f8b398 of
2026-08-13: its required fields, its enumerations, and "texts alone" for details. Where records lie is what
``validator/validation_core.py`` checks there. Parts that we do not write, as judges and generation, are left out.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from suite.board.board import Board
from suite.export.every_eval_ever import VERSION, export_records

from .conftest import VARIED, files

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
TEXTS = {"type": "object", "additionalProperties": TEXT}
BOUND = {"oneOf": [NUMBER, {"type": "string", "enum": ["Infinity", "-Infinity"]}]}


def record(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": [*required], "properties": properties, "additionalProperties": False}


MODEL = record(
    {
        "name": TEXT,
        "id": TEXT,
        "additional_details": {
            **TEXTS,
            "required": ["deployment_type", "model_availability"],
            "properties": {
                "deployment_type": {"enum": ["self_deployed", "externally_managed", "unknown"]},
                "model_availability": {"enum": ["open_weights", "closed_weights", "unknown"]},
            },
        },
    }
)
INTERVAL = record(
    {"lower": NUMBER, "upper": NUMBER},
    {"confidence_level": {"type": "number", "minimum": 0, "maximum": 1}, "method": TEXT},
)
METRIC = record(
    {"lower_is_better": {"type": "boolean"}, "score_type": {"const": "continuous"}}
    | {"min_score": BOUND, "max_score": BOUND},  # asked for where the score is continuous
    {
        **dict.fromkeys(("evaluation_description", "metric_id", "metric_name", "metric_unit"), TEXT),
        "additional_details": TEXTS,
    },
)
RESULT = record(
    {
        "evaluation_name": TEXT,
        "source_data": record({"dataset_name": TEXT, "source_type": {"const": "other"}}, {"additional_details": TEXTS}),
        "metric_config": METRIC,
        "score_details": record(
            {"score": NUMBER},
            {
                "details": TEXTS,
                "uncertainty": record({}, {"confidence_interval": INTERVAL, "num_samples": {"type": "integer"}}),
            },
        ),
    },
    {"evaluation_result_id": TEXT},
)
SCHEMA = record(
    {
        **dict.fromkeys(("schema_version", "evaluation_id", "retrieved_timestamp"), TEXT),
        "source_metadata": record(
            {
                "source_type": {"enum": ["documentation", "evaluation_run"]},
                "source_organization_name": TEXT,
                "evaluator_relationship": {"enum": ["first_party", "third_party", "collaborative", "other"]},
            },
            {"source_name": TEXT, "additional_details": TEXTS},
        ),
        "model_info": MODEL,
        "eval_library": record({"name": TEXT, "version": TEXT}),
        "evaluation_results": {"type": "array", "items": RESULT, "minItems": 1},
    },
    {"evaluation_timestamp": TEXT},
)
PLACE = re.compile(
    r"data/basin-suite/[^/<>:\"|?*\\]+/[^/<>:\"|?*\\]+/"
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.json"
)


@pytest.fixture
def records(board: Board, tmp_path: Path) -> dict[str, dict[str, Any]]:
    count = export_records(board, tmp_path / "out", "Somebody")
    found = {path: json.loads(content) for path, content in files(tmp_path / "out").items() if path != "export.json"}
    assert count == len(found)
    return found


def test_every_record_is_valid_and_lies_where_the_collection_wants_it(records: dict[str, dict[str, Any]]) -> None:
    assert len(records) >= 7
    for path, document in records.items():
        jsonschema.validate(document, SCHEMA)
        assert PLACE.fullmatch(path), path
        assert document["schema_version"] == VERSION == "0.3.0"
    assert len({document["evaluation_id"] for document in records.values()}) == len(records)


def test_scores_lie_within_the_bounds_that_are_stated(records: dict[str, dict[str, Any]]) -> None:
    for document in records.values():
        for result in document["evaluation_results"]:
            low, high = (float(result["metric_config"][end]) for end in ("min_score", "max_score"))
            assert low <= result["score_details"]["score"] <= high


def test_the_numbers_are_the_boards(records: dict[str, dict[str, Any]], board: Board) -> None:
    table = board.of_task(VARIED)[0]
    value = table.rows[0].value(table.primary)
    assert value is not None
    name = "basin-suite.demo.varied.fine.few.test"
    (score, config) = next(
        (result["score_details"], result["metric_config"])
        for document in records.values()
        if document["model_info"]["id"] == "demo/alpha"
        for result in document["evaluation_results"]
        if result["evaluation_name"] == name
    )
    interval = score["uncertainty"]["confidence_interval"]
    assert (score["score"], interval["lower"], interval["upper"]) == (value.mean, value.low, value.high)
    assert interval["method"] == value.basis
    assert config["lower_is_better"] is False
    told = {"rank": "1", "rank_best": "1", "rank_worst": "2", "not_told_apart_from_the_best": "true"}
    assert told.items() <= score["details"].items()


def test_two_exports_are_identical_wherever_they_are_made(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, zone in (("one", "UTC"), ("two", "Asia/Tokyo")):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        export_records(board, tmp_path / name, "Somebody")
    monkeypatch.undo()
    time.tzset()
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_the_check_itself_finds_what_is_wrong(records: dict[str, dict[str, Any]]) -> None:
    document = next(iter(records.values()))
    document["model_info"]["additional_details"]["version"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)

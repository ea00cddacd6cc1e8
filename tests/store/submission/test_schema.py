"""The published JSON Schema is the model's, wherever it lies, and says yes and no as the model does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from suite.store.submission import Submission
from suite.store.submission.schema import PUBLISHED, schema

ROOT = Path(__file__).parents[3]
SMALLEST: dict[str, Any] = {
    **{"format": 1, "name": "mine", "title": "Mine", "tier": "code", "licence": "MIT", "contact": "me@example.org"},
    "methods": [{"distribution": "mine", "version": "1.0", "names": ["ood/mine"]}],
    "runs": [{"task": "ood/digits"}],
    "authors": [{"name": "Me"}],
}


@pytest.mark.parametrize("path", [PUBLISHED, ROOT / "docs" / "submission.schema.json"], ids=["package", "docs"])
def test_what_is_published_is_the_model(path: Path) -> None:
    assert path.read_text() == schema(), f"suite submit schema > {path.name}"


CHANGES: list[dict[str, Any]] = [
    *({"name": each} for each in ("a", "a-b.c", "A", "-a", "a/b", "", "x" * 65, ".a", "a-")),
    *({"paper": each} for each in ("https://x.org/a", "10.1000/182", "http://x.org", "javascript:1", None)),
    *({"contact": each} for each in ("https://x.org", "a b@c", "x")),
    *({"title": each} for each in ("=1+1", "+a", "ok", "x" * 121)),
    *({"authors": each} for each in ([], [{"name": "A", "colour": 1}], [{"name": "A", "orcid": "1"}], "A")),
    *({"runs": each} for each in ([{"task": "ood"}], [{"task": "ood/digits", "seeds": [-1]}])),
    *({"runs": [{"task": "ood/digits", "settings": each}]} for each in ([{"a": "b"}], [], [{"a": 1}])),
    *({"tier": each} for each in ("paper", 1)),
    {"format": 2},
    {"extra": True},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_schema_and_model_agree(change: dict[str, Any]) -> None:
    document = {**SMALLEST, **change}
    valid = Draft202012Validator(json.loads(schema())).is_valid(document)
    try:
        Submission.model_validate_json(json.dumps(document))
    except ValidationError:
        assert not valid
    else:
        assert valid


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json.loads(schema()))

"""The JSON Schema of submission.yaml, as it is published: beside this file, and in the documentation."""

from __future__ import annotations

import json
from pathlib import Path

from suite.store.submission.document import Submission

PUBLISHED = Path(__file__).with_name("schema.json")


def schema() -> str:
    """Return the schema as a JSON text, made from the model; what is published is held equal to it by a test."""
    made = Submission.model_json_schema()
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **made}, indent=1) + "\n"

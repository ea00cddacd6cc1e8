"""The page on submitting: its example is a submission, and its lists are those of the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from suite.store.submission import yaml
from suite.store.submission.document import Submission
from suite.store.submission.folder import BYTES, FILES
from suite.store.submission.history import State

PAGE = (Path(__file__).parents[2] / "docs" / "submitting.md").read_text()


def test_its_example_is_a_submission() -> None:
    import json

    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    of = Submission.model_validate_json(json.dumps(yaml.parse(example.encode()).value))
    assert set(yaml.parse(example.encode()).value) == set(Submission.model_fields) - {"results"}
    assert of.names == ("ood/my-norm",)


def test_it_names_every_state_and_every_bound() -> None:
    section = PAGE.split("## States")[1].split("\n## ")[0]
    assert tuple(re.findall(r"^\| \*(\w+)\* \|", section, re.MULTILINE)) == get_args(State)
    assert f"at most {FILES:,} and {BYTES // 2**20} MiB" in PAGE
    assert f"at most {yaml.LARGEST // 2**10} KiB" in PAGE

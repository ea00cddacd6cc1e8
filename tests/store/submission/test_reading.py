"""Reading folders that anybody may have written: whatever lies there is a submission or a list of faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from suite.store.submission import listed, read_submission
from suite.store.submission.document import Submission
from suite.store.submission.yaml import text_of

SMALLEST: dict[str, Any] = {
    **{"format": 1, "name": "mine", "title": "Mine", "tier": "code", "licence": "MIT", "contact": "me@example.org"},
    "methods": [{"distribution": "mine", "version": "1.0", "names": ["ood/mine"]}],
    "runs": [{"task": "ood/digits"}],
    "authors": [{"name": "Me"}],
}
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
slug = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,8}[a-z0-9]", fullmatch=True)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that every example writes anew."""
    made = tmp_path_factory.mktemp("submissions") / "mine"
    made.mkdir()
    return made


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every part of a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, part in inner for each in paths(part, (*path, key)))]


@given(st.sampled_from(paths(SMALLEST)[1:]), plain)
def test_any_part_may_be_anything(folder: Path, path: tuple[Any, ...], value: Any) -> None:
    document = json.loads(json.dumps(SMALLEST))
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    (folder / "submission.yaml").write_text(json.dumps(document), encoding="utf-8")
    read = read_submission(folder)
    assert (read.submission is None) == bool(read.faults)
    for fault in read.faults:
        assert "\n" not in fault.place
        assert fault.place.startswith("submission.yaml, line ")
    assert bool(listed(folder).problem) == (read.submission is None or read.submission.name != "mine")


@given(slug, st.lists(slug, min_size=1, max_size=4, unique=True), st.lists(st.integers(0, 99), max_size=3, unique=True))
def test_what_is_written_comes_back(folder: Path, name: str, methods: list[str], seeds: list[int]) -> None:
    of = Submission.model_validate_json(
        json.dumps(
            {
                **SMALLEST,
                "name": name,
                "methods": [{"distribution": "d", "version": "1e5", "names": [f"ood/{each}" for each in methods]}],
                "runs": [{"task": "ood/digits", "seeds": seeds, "parameters": {"knn.k": 1.0, "knn.how": "no"}}],
            }
        )
    )
    (folder / "submission.yaml").write_text(text_of(of.model_dump(mode="json")), encoding="utf-8")
    assert read_submission(folder).submission == of

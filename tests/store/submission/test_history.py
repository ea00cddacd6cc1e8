"""Histories: rows that may follow each other, and are only added."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from suite.errors import SuiteError
from suite.store.submission.history import FILE, append, next_event, parse_history

ONE, OTHER = "a" * 64, "b" * 64
FUTURE = (datetime.now(UTC) + timedelta(days=3)).replace(tzinfo=None).isoformat()


def row(state: str, submission: str = ONE, **more: Any) -> str:
    reason = "why" if state in ("disputed", "withdrawn") else ""
    told = {"state": state, "time": "2026-01-02T03:04:05", "by": "Ada", "submission": submission, "reason": reason}
    return json.dumps({**told, **more})


def history(*rows: str) -> bytes:
    return "".join(f"{each}\n" for each in rows).encode()


def test_the_usual_way() -> None:
    states = ("submitted", "validated", "reproduced", "disputed", "reproduced", "withdrawn")
    events = parse_history(history(*map(row, states), row("submitted", OTHER)))
    assert [event.state for event in events] == [*states, "submitted"]


@pytest.mark.parametrize(
    ("rows", "cause"),
    [
        ([row("validated")], "row 1: validated cannot follow nothing"),
        ([row("submitted"), row("reproduced")], "row 2: reproduced cannot follow submitted"),
        ([row("submitted"), row("validated", OTHER)], "not the one submitted last"),
        (
            [
                *(row("submitted"), row("validated"), row("submitted", OTHER)),
                *(row("disputed", OTHER), row("reproduced", OTHER)),
            ],
            "never validated",
        ),
        ([row("submitted"), row("disputed", reason="")], "without a reason"),
        ([row("submitted"), row("validated", time="2025-01-01T00:00:00")], "older than the row before"),
        ([row("submitted", time=FUTURE)], "in the future"),
        ([row("submitted", extra=1)], "extra"),
        ([row("submitted", by="=cmd")], "by"),
        ([row("submitted", by="A\u202eda")], "a mark of direction"),
        ([row("accepted")], "state"),
        (["{"], "row 1"),
        ([row("submitted", evidence={"difference": float("nan")})], "row 1"),
    ],
)
def test_rows_that_cannot_be(rows: list[str], cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        parse_history(history(*rows))


def test_a_row_that_is_cut_off_is_told() -> None:
    with pytest.raises(ValueError, match="cut off"):
        parse_history(history(row("submitted"))[:-1])


def test_rows_are_added_and_none_is_changed(tmp_path: Path) -> None:
    first = next_event((), "submitted", "Ada", ONE)
    append(tmp_path, [first])
    before = (tmp_path / FILE).read_bytes()
    append(tmp_path, [next_event((first,), "validated", "Bob", ONE)])
    after = (tmp_path / FILE).read_bytes()
    assert after.startswith(before)
    assert [event.by for event in parse_history(after)] == ["Ada", "Bob"]


def test_a_row_that_may_not_follow_is_not_made() -> None:
    with pytest.raises(SuiteError, match="cannot follow"):
        next_event((), "validated", "Ada", ONE)
    with pytest.raises(SuiteError, match="by"):
        next_event((), "submitted", "", ONE)


def test_no_row_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        append(tmp_path, [next_event((), "submitted", "Ada", ONE)])
    assert (tmp_path / "elsewhere").read_text() == ""


@given(st.binary(max_size=400))
def test_no_bytes_do_anything_but_be_read_or_refused(content: bytes) -> None:
    with suppress(ValueError):
        assert parse_history(content) == () or content

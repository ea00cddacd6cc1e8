"""Texts that a store or a document cannot hold do not stop a run."""

from __future__ import annotations

from pathlib import Path

from suite.run.result import Result, read_result


def test_nul_and_lone_surrogates_are_replaced(tmp_path: Path) -> None:
    """PostgreSQL refuses the one, UTF-8 the other."""
    Result(state="failed", error="a\0b\ud800c", traceback="\0").write(tmp_path)
    found = read_result(tmp_path)
    assert found == Result(state="failed", error="a\N{REPLACEMENT CHARACTER}b?c", traceback="\N{REPLACEMENT CHARACTER}")

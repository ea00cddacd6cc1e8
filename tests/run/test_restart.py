"""A database server that is started again in mid-run: runners wait for it, and nothing is lost or done twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import Bench
from crowd import crowd


@pytest.mark.slow
def test_runners_go_on_after_the_server_was_started_again_and_one_was_killed(
    bench: Bench, postgres_server, tmp_path: Path
) -> None:
    seen = crowd(bench, postgres_server, runners=2, seeds=8, reference=tmp_path / "alone", down=1.0)
    assert dict(seen.states) == {"done": 16}
    assert seen.evaluated_again <= 1, "the cell that the killed runner was at"
    assert seen.waited >= 1
    assert (seen.done_twice, seen.other_scores, seen.tracebacks) == (0, 0, 0)
    assert (seen.processes_left, seen.pending_left) == (0, 0)

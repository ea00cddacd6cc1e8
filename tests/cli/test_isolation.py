"""What `suite show` says of how a method was kept from its judge."""

from __future__ import annotations

import pytest

from suite.cli.show import _isolation


@pytest.mark.parametrize(
    ("said", "state", "told"),
    [
        ({"split": True, "confined": ["files", "network"]}, "failed", "kept from it: files, network"),
        ({"split": True, "confined": []}, "done", "kept from it: nothing"),
        ({"split": True}, "failed", "kept from it: not known: it ended before it said so"),
        ({"split": False, "why": "the executor has one process"}, "done", "none: the executor has one process"),
        (None, "done", "none: the method ran in the process that holds labels and scores"),
    ],
)
def test_of_a_run_that_failed_early_it_claims_nothing(said: dict[str, object] | None, state: str, told: str) -> None:
    assert _isolation(said, state).endswith(told)

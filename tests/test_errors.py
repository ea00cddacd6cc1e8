"""The error that users read."""

from __future__ import annotations

import pickle

from suite.errors import SuiteError, did_you_mean


def test_it_survives_a_process_border() -> None:
    error = SuiteError("cause", place="place", next="command")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) == "cause\n  at:   place\n  next: command"


def test_suggestions() -> None:
    assert did_you_mean("enrgy", ["energy", "knn"]) == " Did you mean 'energy'?"
    assert did_you_mean("zzz", ["energy", "knn"]) == ""

"""Scores that follow from no samples are what was measured."""

from __future__ import annotations

from suite import Column, Outcome, Samples, Score, Value

NEAR = Column(metric="error", subset="near")


def test_scores_are_short_for_what_was_measured() -> None:
    outcome = Outcome(scores=(Score(metric="error", subset="near", value=0.5, n=10),))
    assert outcome == Outcome(Samples(measured={NEAR: Value(0.5, 10)}))
    assert type(outcome.samples) is Samples
    assert Outcome().samples == Samples()

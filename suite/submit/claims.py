"""Claims held against the results in the folder: the mean over the seeds lies within the tolerance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import fmean

from suite.store.results.results import Results
from suite.store.submission import Submission
from suite.store.submission.document import Claim
from suite.store.submission.reading import FILE
from suite.store.transfer.document import RunPart
from suite.submit.report import Problem


def claim_problems(of: Submission, results: Results) -> Iterator[Problem]:
    """Yield the claims that the results do not bear out."""
    for number, claim in enumerate(of.claims):
        values = claimed_values(claim, results)
        text = f"{claim.method} on {claim.task}: {claim.metric} {claim.subset} = {claim.value:g}"
        place = f"{FILE} (claims.{number})"
        if not values:
            yield Problem(f"no result bears out {text}", place, "correct the claim, or run what it is about")
        elif abs(fmean(values) - claim.value) > claim.tolerance:
            cause = f"{text} ± {claim.tolerance:g}, and the results give {fmean(values):.6g} ({len(values)} seeds)"
            yield Problem(cause, place, "correct the claim or its tolerance")


def claimed_values(claim: Claim, results: Results) -> list[float]:
    """Return the scores that a claim is about, one a seed."""
    return [
        score.value
        for run in results.runs
        if run.state == "done" and _is_of(run, claim)
        for score in results.complete(run).scores
        if (score.metric, score.subset) == (claim.metric, claim.subset)
    ]


def _is_of(run: RunPart, claim: Claim) -> bool:
    """Tell whether a run is of a claim's cell. Axes that the claim leaves out stand at their defaults."""
    varied = json.loads(run.cell.identity).get("setting") or {}
    return (
        (run.cell.task, run.cell.method) == (claim.task, claim.method)
        and all(run.cell.setting.get(axis) == value for axis, value in claim.setting.items())
        and all(claim.setting.get(axis) == value for axis, value in varied.items())
    )

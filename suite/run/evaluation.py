"""One cell in this process: what a worker does in its own, and what a notebook does in the reader's."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.contracts import Method, Missing, Outcome, Score, Task, TaskContext
from suite.contracts.samples import stored_table
from suite.run.scoring import scores_of, undeclared

if TYPE_CHECKING:
    import pyarrow as pa


class InvalidOutcome(ValueError):
    """A task returned what is no outcome of it; the message says what."""


@dataclass(frozen=True)
class Evaluated:
    """What came of a cell: the outcome, the table of its samples as it is stored, and the scores made of that."""

    outcome: Outcome
    table: pa.Table
    scores: tuple[Score, ...]


def seed_everything(seed: int) -> None:
    """Seed the global generators, for plugins that draw from them in spite of the context."""
    import numpy as np
    import torch

    torch.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)


def prepare(task: Task, context: TaskContext) -> None:
    """Make what the task's cells of this seed share: the data is read, then the task looks at it, then models are made.

    Raises:
        Missing: a data set or model that the task cannot do without is not at hand.
        SuiteError: the task cannot measure anything on its data.
    """
    for kind in ("data", "model"):
        for ingredient in task.requires(context.seed):
            try:
                if ingredient.kind == kind:
                    ingredient.fingerprint(context.resources)
            except Missing:
                if not ingredient.optional:
                    raise
        if kind == "data":
            task.check(context)
    task.prepare(context)


def evaluate(task: Task, method: Method, context: TaskContext) -> Evaluated:
    """Run the protocol, and make the scores of what is stored of it, so that rescoring cannot differ.

    Raises:
        InvalidOutcome: the task does not keep to its declarations.
        ValidationError: a score is not finite.
        Exception: the method's own.
    """
    outcome = task.evaluate(method, context)
    if not isinstance(outcome, Outcome):
        raise InvalidOutcome(f"the task returned {type(outcome).__name__}. It must return an Outcome")
    if type(outcome.samples) is not task.samples:
        kind, declared = type(outcome.samples).__name__, task.samples.__name__
        raise InvalidOutcome(f"the task returned samples of type {kind}. They must be {declared}")
    if wrong := undeclared(task, outcome.samples):
        raise InvalidOutcome(wrong)
    table = stored_table(outcome.samples)
    return Evaluated(outcome, table, scores_of(task, task.samples.read(table)))

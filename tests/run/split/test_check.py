"""What a split run's documents are held against: whoever writes a result without the judge is found out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from suite.contracts import Job, Loaded, Split, Task
from suite.contracts.samples import stored_table
from suite.registry import Registry, load_registry
from suite.run.result import SAMPLES_FILE, Result
from suite.run.scoring import scores_of
from suite.run.split.check import isolation_of, unbelievable
from suite.settings import Settings

TRACK = Path(__file__).parents[2] / "assets" / "split_track.py"
METHODS = TRACK.with_name("split_methods.py")
ORDER = "0123456789abcdef" * 2
SAID = {"split": True, "confined": ["files"], "container": None, "order": ORDER}


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The track, its task and its methods."""
    return load_registry((TRACK, METHODS))


@pytest.fixture
def task(registry: Registry) -> Task:
    """The task."""
    return registry.tasks["guess/sign"]()


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A split job."""
    settings = Settings(home=tmp_path, database=None)
    split = Split(Loaded(), Loaded(), ORDER, frozenset(), "", readable=(), hidden=())
    return Job("evaluate", "guess/sign", 0, tmp_path, settings, "guess/right", split=split)


@pytest.fixture
def honest(task: Task, job: Job) -> Result:
    """A result whose samples lie in the job's folder."""
    label = np.array([0, 1, 1, 0])
    samples = task.samples(label=label, guess=np.array([0, 1, 0, 0]))  # type: ignore[call-arg]
    pyarrow.parquet.write_table(stored_table(samples), job.folder / SAMPLES_FILE)
    return Result(state="done", scores=scores_of(task, samples), isolation=SAID)


def test_an_honest_result_is_believed(registry: Registry, task: Task, job: Job, honest: Result) -> None:
    assert [score.value for score in honest.scores] == [0.75]
    assert unbelievable(registry, task, job, honest) is None
    assert isolation_of(job, honest) == SAID


def better(result: Result) -> Result:
    """Return the result with a better score than its samples give."""
    return result.model_copy(update={"scores": (result.scores[0].model_copy(update={"value": 1.0}),)})


@pytest.mark.parametrize(
    ("forged", "reason"),
    [
        (better, "its scores are not those of its samples: accuracy all"),
        (lambda result: result.model_copy(update={"scores": ()}), "its scores are not those of its samples"),
        (lambda result: result.model_copy(update={"isolation": {**SAID, "order": "0" * 32}}), "the secret"),
        (lambda result: result.model_copy(update={"isolation": None}), "the secret"),
    ],
)
def test_a_forged_result_is_not(
    registry: Registry, task: Task, job: Job, honest: Result, forged: Callable[[Result], Result], reason: str
) -> None:
    assert reason in (unbelievable(registry, task, job, forged(honest)) or "")


def test_nor_is_one_without_samples_or_with_others(registry: Registry, task: Task, job: Job, honest: Result) -> None:
    pyarrow.parquet.write_table(pa.table({"other": [1.0]}), job.folder / SAMPLES_FILE)
    assert "its samples do not belong to the task" in (unbelievable(registry, task, job, honest) or "")
    (job.folder / SAMPLES_FILE).write_bytes(b"no table")
    assert "there are no samples" in (unbelievable(registry, task, job, honest) or "")


def test_who_was_not_split_cannot_say_so(job: Job, honest: Result) -> None:
    alone = Job("evaluate", "guess/sign", 0, job.folder, job.settings, "guess/right")
    assert isolation_of(alone, honest) is None

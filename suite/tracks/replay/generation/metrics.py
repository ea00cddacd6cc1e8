"""The metrics of sequential generation."""

from __future__ import annotations

from suite.contracts import Metric
from suite.contracts.metric import Direction
from suite.tracks.replay.cost import COSTS

ALL, LOWEST, HIGHEST = "all", "lowest tenth", "highest tenth"


def task_name(number: int) -> str:
    """Return the subset of a task by its number from 0, as ``task-1``."""
    return f"task-{number + 1}"


def _fraction(name: str, definition: str, direction: Direction = "higher", low: float | None = 0) -> Metric:
    return Metric(name=name, direction=direction, bounds=(low, 1), unit="fraction", definition=definition)


COVERAGE = _fraction(
    "class_coverage",
    "Of what is generated after the last task: sum over classes of min(its share, its expected share), over the sum of "
    "the latter. Expected is an equal part for each task, shared among its classes as in its training data. A judge "
    "says which class an image is of, or none. On `all` the mean over tasks.",
)
FORGETTING = _fraction(
    "coverage_forgetting",
    "Mean over all tasks but the last of the class coverage just after a task was learned, minus that after the last "
    "task, each against what was expected then: how much of what could be generated is lost.",
    "lower",
    low=-1,
)
MODES = _fraction(
    "mode_coverage",
    "Share of real training images that have a generated one, after the last task, in the ball up to their fifth "
    "nearest real image of their task (coverage of Naeem et al. 2020). `all` is the mean over all tasks but the last; "
    "tenths are of the Hopfield energy in those tasks.",
)
MINORITY = Metric(
    name="minority_share",
    direction="higher",
    bounds=(0, None),
    unit="ratio",
    definition="Share of the rarest class of task 1 among what is generated after the last task, over its expected "
    "share. 1 is as in the data.",
)
ENTROPY = Metric(
    name="generated_entropy",
    direction="higher",
    bounds=(0, None),
    unit="bits",
    definition="Shannon entropy of the classes of what is generated after the last task, images of no class left out.",
)
NONE = _fraction(
    "of_no_class", "Share of what is generated after the last task that is near no real image of its class.", "lower"
)
RISE = Metric(
    name="reconstruction_rise",
    direction="lower",
    bounds=(None, None),
    unit="fraction",
    definition="Rise of the squared error per number of reconstructions by DDIM (eta = 0), the variance of the noise "
    "being 1, from just after a task to after the last: mean over images of all tasks but the last.",
)
ENERGY = Metric(
    name="energy_correlation",
    direction="higher",
    bounds=(-1, 1),
    unit="rank correlation",
    definition="Spearman correlation between the Hopfield energy of an image among its task's and the rise of its "
    "reconstruction error; mean over all tasks but the last. It is read under `no replay`: does energy predict what is "
    "forgotten?",
)
METRICS = (COVERAGE, FORGETTING, MODES, MINORITY, ENTROPY, NONE, RISE, ENERGY, *COSTS)

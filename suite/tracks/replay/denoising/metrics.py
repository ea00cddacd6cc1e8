"""The metrics of the generative arm."""

from __future__ import annotations

from suite.contracts import Metric
from suite.tracks.replay.cost import COSTS

ALL, NOT_REPLAYED, NEW = "all", "not replayed", "new task"
DECILES = tuple(f"decile-{number}" for number in range(1, 11))
SUBSETS = (ALL, NOT_REPLAYED, *DECILES, NEW)

_ERROR = "the squared error per number of reconstructions by DDIM (eta = 0), the variance of the noise being 1"


def _error(name: str, definition: str, low: float | None = 0) -> Metric:
    return Metric(name=name, direction="lower", bounds=(low, None), unit="fraction", definition=definition)


def _correlation(name: str, definition: str) -> Metric:
    return Metric(name=name, direction="higher", bounds=(-1, 1), unit="rank correlation", definition=definition)


FORGETTING = _error(
    "reconstruction_forgetting",
    f"Rise, from before task 2 to after it, of {_ERROR}: from the same noise at each of the task's timesteps, mean "
    "over timesteps and over the task-1 samples of the subset. Deciles are of the Hopfield energy, 1 the lowest; on "
    "`not replayed` are those samples that were not in the buffer.",
    low=None,
)
ERROR = _error(
    "reconstruction_error", f"After task 2, {_ERROR}: mean over the task's timesteps and over the task-1 samples."
)
NEW_ERROR = _error(
    "new_task_error",
    f"After task 2, {_ERROR}: mean over the task's timesteps and over images of task 2. What replay costs.",
)
ENERGY_CORRELATION = _correlation(
    "energy_correlation",
    "Spearman correlation over task-1 samples between the Hopfield energy before task 2 and the rise of the "
    "reconstruction error; 0 where one of the two is constant. It is read under `no replay`: there it says whether "
    "energy predicts forgetting.",
)
CONTROLLED = _correlation(
    "energy_correlation_controlled",
    "As energy_correlation, with the ranks of the images' pixel variance regressed out of both ranks (partial Spearman "
    "correlation); 0 where nothing is left.",
)
VARIANCE_CORRELATION = _correlation(
    "variance_correlation",
    "Spearman correlation over task-1 samples between the variance of an image's pixels and the rise of its "
    "reconstruction error: the rival explanation, mere contrast.",
)
METRICS = (FORGETTING, ENERGY_CORRELATION, CONTROLLED, VARIANCE_CORRELATION, NEW_ERROR, ERROR, *COSTS)

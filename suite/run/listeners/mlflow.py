"""MLflow: each cell becomes a run of the experiment of its task, at ``MLFLOW_TRACKING_URI``."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from suite.contracts import CellEnd, Listener
from suite.errors import SuiteError
from suite.extras import required_library

if TYPE_CHECKING:
    from suite.settings import Settings

STATUS = {"done": "FINISHED", "killed": "KILLED"}
"""MLflow's words; any other state is FAILED there, and stands in a tag as it is."""
LONGEST = 6000
"""Signs of a parameter or tag that MLflow's databases hold."""


class MlflowListener(Listener):
    """Logs cells by MLflow's client, which ``pip install basin-suite[mlflow]`` brings.

    Parameters are the method's, metrics the scores (``METRIC SUBSET``) and costs (``cost fit_seconds``). Tags name
    task, setting, protocol, seed and the run's id, by which a run is found again.
    """

    name = "mlflow"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        where = os.environ.get("MLFLOW_TRACKING_URI")
        if not where:
            raise SuiteError(
                "MLflow needs an address to log to",
                place="environment variable MLFLOW_TRACKING_URI",
                next="export MLFLOW_TRACKING_URI=sqlite:///mlflow.db",
            )
        self._client = required_library("mlflow").MlflowClient(tracking_uri=where)
        self._experiments: dict[str, str] = {}

    def cell_ended(self, ended: CellEnd) -> None:
        """Log the cell as a run that has ended."""
        from mlflow.entities import Metric, Param, RunTag

        experiment = self._experiment(f"basin-suite/{ended.task}")
        end = int(ended.ended.timestamp() * 1000)
        start = end - int(ended.wall_seconds * 1000)
        name = f"{ended.method.partition('/')[2]} seed {ended.seed}"
        logged = self._client.create_run(experiment, start_time=start, run_name=name, tags={"suite.run": ended.run})
        metrics = {f"{score.metric} {score.subset}": score.value for score in ended.scores}
        metrics |= {f"cost {name}": value for name, value in ended.cost.items()}
        metrics |= {"cost wall_seconds": ended.wall_seconds, "cost peak_memory_bytes": float(ended.peak_memory_bytes)}
        self._client.log_batch(
            logged.info.run_id,
            metrics=[Metric(_key(key), value, end, 0) for key, value in metrics.items()],
            params=[Param(_key(key), _text(value)) for key, value in ended.parameters.items()],
            tags=[RunTag(f"suite.{key}", _text(value)) for key, value in _tags(ended).items()],
        )
        self._client.set_terminated(logged.info.run_id, STATUS.get(ended.state, "FAILED"), end)

    def _experiment(self, name: str) -> str:
        if name not in self._experiments:
            known = self._client.get_experiment_by_name(name)
            self._experiments[name] = known.experiment_id if known else self._client.create_experiment(name)
        return self._experiments[name]


def _tags(ended: CellEnd) -> dict[str, Any]:
    tags = {"task": ended.task, "task_version": ended.task_version, "method": ended.method, "seed": ended.seed}
    tags |= {"method_version": ended.method_version, "protocol": ended.protocol, "state": ended.state}
    tags |= {f"setting.{axis}": value for axis, value in ended.setting.items()}
    return tags | {"device": ended.device, "error": ended.error}


def _key(name: str) -> str:
    """Return a name with the signs that MLflow allows: letters, digits, and ``_-. :/``."""
    return "".join(sign if sign.isalnum() or sign in "_-. :/" else "_" for sign in name)[:250]


def _text(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value))[:LONGEST]

"""Listeners: MLflow. Whoever is not named in ``SUITE_LISTENERS`` hears nothing."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl


@hookimpl
def suite_register_listeners(register: Callable[[str], None]) -> None:
    """Register the built-in listeners."""
    register("suite.run.listeners.mlflow:MlflowListener")

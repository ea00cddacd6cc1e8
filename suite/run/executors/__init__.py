"""Executors: in this process, in child processes with limits, or in such on the nodes of a cluster."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl


@hookimpl
def suite_register_executors(register: Callable[[str], None]) -> None:
    """Register the built-in executors."""
    register("suite.run.executors.inline:InlineExecutor")
    register("suite.run.executors.process:ProcessExecutor")
    register("suite.run.executors.ray:RayExecutor")

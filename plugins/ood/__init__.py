"""The built-in methods of the OOD track."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl

METHODS = (
    "energy:Energy",
    "field_potential:FieldPotential",
    "field_steady_state:FieldSteadyState",
    "knn:KNN",
    "mahalanobis:Mahalanobis",
    "max_logit:MaxLogit",
    "msp:MSP",
    "vim:ViM",
)


@hookimpl
def suite_register_methods(register: Callable[[str], None]) -> None:
    """Register every method of this folder."""
    for method in METHODS:
        register(f"{__name__}.{method}")

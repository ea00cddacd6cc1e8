"""Tuning: a search of a method's grid on validation data, and what is kept of it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

TUNED = "tuned"
"""Stands for a parameter's value in a cell's parameters: which one is chosen is known only once the cell has run."""


class Trial(BaseModel):
    """A point of the grid with its value on validation data, or why it has none."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    parameters: dict[str, Any]
    value: float | None = None
    error: str = ""


class Tuning(BaseModel):
    """The best point of a grid: ``value`` is what ``measured`` says, ``data`` the sha256 of the validation data."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    chosen: dict[str, Any]
    value: float
    measured: str
    data: str
    trials: tuple[Trial, ...]

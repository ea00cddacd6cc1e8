"""A reporter that says nothing."""

from __future__ import annotations

from typing import Any

from suite.store.rows import CellRow


class Silent:
    """Implements `suite.run.summary.Reporter`."""

    def stage(self, title: str, total: int) -> None:
        """Say nothing."""

    def began(self, run: str, cell: CellRow) -> None:
        """Say nothing."""

    def step(self, text: str, state: str, detail: str = "", left: float | None = None, **_: Any) -> None:
        """Say nothing."""

    def message(self, text: str) -> None:
        """Say nothing."""

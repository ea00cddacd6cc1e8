"""The pages of one table: the answer and the ranks, and beside them every metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from suite.board.answer import answers
from suite.board.board import Kind
from suite.board.model import Entry, Row, Table, Track
from suite.board.notes import notes, reasons
from suite.export import addresses, numbers
from suite.export.pages import Pages
from suite.export.preview import preview
from suite.export.table import metrics_grid, table_grid

FILES: tuple[Kind, ...] = ("json", "csv", "parquet")
"""The kinds of files that lie beside a table's page."""


@dataclass(frozen=True)
class TablePage:
    """A table with what stands around it: its track, the other tables of its task by name and page, its citation."""

    entry: Entry
    table: Table
    track: Track
    others: Sequence[tuple[str, str]]
    citation: str

    def write(self, pages: Pages) -> None:
        """Write the page with the ranks, and if there is more than one metric, the page with all of them."""
        table, file = self.table, self.entry.file
        title = f"{table.title} ({table.condition})" if table.setting else table.title
        trail = [above(self.track), (table.task, addresses.task_page(table.task))]
        about = f"{table.task}: {'; '.join(self._answers)}."
        page, image = addresses.table_page, ""
        if pages.url:  # a picture for links is named by its whole address
            image = addresses.table_file(file, "png")
            pages.file(image, preview(table, title, self._answers))
        pages.write(lambda part: page(file, part), "table.html", title, about, table.rows, self._ranks, trail, image)
        if len(table.columns) > 1:
            pages.write(
                lambda part: addresses.metrics_page(file, part),
                "metrics.html",
                f"{title}: every metric",
                f"Every metric on every subset of {table.task}, as means over seeds.",
                table.rows,
                self._metrics,
                [*trail, ("ranks", page(file))],
            )

    @cached_property
    def _answers(self) -> list[str]:
        return answers(self.table) or ["no method is ranked yet"]

    @property
    def _shared(self) -> Mapping[str, Any]:
        return {"about": _about(self.table), "files": [addresses.table_file(self.entry.file, kind) for kind in FILES]}

    def _ranks(self, rows: Sequence[Row]) -> Mapping[str, Any]:
        table = self.table
        return {
            **self._shared,
            "table": table,
            "question": self.track.question,
            "answers": self._answers,
            "metrics": addresses.metrics_page(self.entry.file) if len(table.columns) > 1 else "",
            "task_page": addresses.task_page(table.task),
            "others": self.others,
            "unranked": [(f"{reason} ({len(rows)})", ", ".join(rows)) for reason, rows in reasons(table).items()],
            "notes": notes(table),
            "facts": list(table.facts.items()),
            "citation": self.citation,
            "grid": table_grid(table, rows, "; ".join(self._answers)),
        }

    def _metrics(self, rows: Sequence[Row]) -> Mapping[str, Any]:
        ranks = addresses.table_page(self.entry.file)
        metrics = [(metric.name, metric.definition) for metric in self.table.metrics]
        return {**self._shared, "above": ranks, "metrics": metrics, "grid": metrics_grid(self.table, rows)}


def above(track: Track) -> tuple[str, str]:
    """Return the name and the page of what lies above everything of a track."""
    return track.title, addresses.track_page(track.name)


def _about(table: Table) -> str:
    metric = table.metric(table.primary.metric)
    parts = (
        f"{len(table.rows)} methods",
        f"ranked by {table.primary} ({metric.shown_unit}, {metric.direction} is better)",
        f"{len(table.seeds)} seeds",
        f"task version {table.version}",
        f"tier {table.tier}",
        f"protocol {table.protocol[:12]}",
        f"last run ended {numbers.moment(table.ended)}",
    )
    return " · ".join(parts)

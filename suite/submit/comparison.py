"""A submission's rows beside those of the board: their places, who ties, and how far they are from the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from suite.board.artifact import published_board
from suite.board.export import shown_difference, shown_rank, shown_value
from suite.board.model import Row, Table
from suite.board.ties import tied
from suite.registry import Registry
from suite.settings import Settings
from suite.store.published import packaged_folders, published_in
from suite.store.results.results import Results


@dataclass(frozen=True)
class Compared:
    """A row of a submission on the board as it would be with it. Texts are as the board shows them.

    ``rank`` is empty where the row takes no place, and ``why`` says why. ``best`` is the first of its field.
    """

    task: str
    setting: str
    column: str
    method: str
    seeds: str
    value: str
    rank: str
    field: int
    tied: bool
    difference: str
    best: str
    best_value: str
    why: str


def places_of(folder: Path, settings: Settings) -> list[tuple[Path, bool]]:
    """Return the folders of submissions that the board of a submission has, and whether they come with the package.

    That is what comes with the package, what lies beside the submission, and what the settings name.
    """
    beside = [folder.absolute().parent, *settings.submission_folders]
    return [*((each, True) for each in packaged_folders()), *((each, False) for each in beside)]


def compared(results: Results, registry: Registry, places: Sequence[tuple[Path, bool]]) -> list[Compared]:
    """Return a row for each method of a submission under each task and setting, compared with all that is published.

    ``places`` are the folders of what is published, the submission's own among them; see `places_of`.
    """
    submissions, _ = published_in(places)
    tasks = {run.cell.task for run in results.runs}
    board = published_board(registry, [each for each in submissions if tasks & each.tasks.keys()])
    own = {run.id for run in results.runs}
    return [
        _compared(table, row)
        for entry in board.entries
        if entry.task in tasks and entry.current
        for table in [board.table(entry)]
        for row in table.rows
        if own & {run.run for run in row.runs}
    ]


def as_markdown(rows: Sequence[Compared]) -> str:
    """Return the rows as a table for a pull request; every text of them is shown as text."""
    head = "| task | method | score | rank | to the best | the best |\n| --- | --- | --- | --- | --- | --- |\n"
    lines = []
    for row in rows:
        where = f"{row.task} {row.setting}".strip()
        rank = f"{row.rank} of {row.field}{', tied with the best' if row.tied else ''}" if row.rank else row.why
        cells = (f"{where}: {row.column}", f"{row.method}, {row.seeds}", row.value, rank, row.difference)
        lines.append("| " + " | ".join(map(escaped, (*cells, f"{row.best} {row.best_value}"))) + " |\n")
    return head + "".join(lines) if lines else ""


def escaped(text: str) -> str:
    """Return a text as Markdown shows it: no markup, no link, no mention, no cell of its own."""
    signs = "\\`*_[]<>#|~@:&$"
    return "".join(f"&#{ord(sign)};" if sign in signs else sign for sign in text)


def _compared(table: Table, row: Row) -> Compared:
    metric, marked = table.metric(table.primary.metric), tied(table)
    field = next((rows for rows in table.fields.values() if row in rows), [])
    best = field[0] if field else next((each for each in table.rows if each.rank), None)
    return Compared(
        task=table.task,
        setting=table.condition,
        column=f"{table.primary} ({metric.shown_unit}, {metric.direction} is better)",
        method=row.label,
        seeds=f"{len(row.seeds)} of {len(table.seeds)} seeds",
        value=shown_value(metric, row.value(table.primary)),
        rank=shown_rank(row, marked) if row.rank else "",
        field=len(field),
        tied=row.label in marked,
        difference=shown_difference(metric, row),
        best=best.label if best else "",
        best_value=shown_value(metric, best.value(table.primary)) if best else "",
        why="" if row.rank else row.unranked or row.standing,
    )

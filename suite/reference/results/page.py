"""The page of a track's published results: every table, with its intervals, its date and its command."""

from __future__ import annotations

from suite.board.answer import answers
from suite.board.board import Board
from suite.board.model import Table, Track
from suite.reference.markdown import line, prose
from suite.reference.results.drawing import draw
from suite.reference.results.request import BEST, PRIMARY, Request


def page(board: Board, track: Track) -> str:
    """Return the page of a track."""
    entries = [entry for entry in board.entries if entry.track == track.name and entry.current]
    parts = [
        f"# Results: {track.title}",
        prose(track.question),
        "Made from the results that come with the package (`submissions/`), which `suite board` shows too. A task that "
        "is not here has no published results.",
    ]
    for entry in entries:
        parts += _section(board, board.table(entry))
    return "\n\n".join(parts) + "\n"


def _section(board: Board, table: Table) -> list[str]:
    request = Request(task=table.task, setting=table.setting, columns=_columns(table))
    title = f"{table.task}, {table.condition}" if table.setting else table.task
    about = f"**{line(table.title)}**, version {table.version}: {prose('; '.join(answers(table)))}."
    return [f"## {title}", about, draw(board, request)]


def _columns(table: Table) -> dict[str, str]:
    """Return the column that ranks, differences in it, its metric on other groups, and other metrics on its own."""
    primary = table.primary
    others = [
        column
        for column in table.columns
        if column != primary
        if column.subset == primary.subset or (column.metric == primary.metric and "/" not in column.subset)
    ]
    arrow = {metric.name: "↑" if metric.direction == "higher" else "↓" for metric in table.metrics}
    return {
        f"{primary} {arrow[primary.metric]}": PRIMARY,
        BEST: BEST,
        **{f"{column} {arrow[column.metric]}": str(column) for column in others},
    }

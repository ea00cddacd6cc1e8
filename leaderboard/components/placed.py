"""The rows of a method: on every table of today, and under earlier protocols."""

from __future__ import annotations

from suite.board.ties import tied

from .columns import TIE, coverage, difference, mean, rank, title, unit
from .links import href, table_href
from .marks import AGAIN, SOURCE, about_row, again, source
from .panels import Placed
from .prose import draw, fill, join, link
from .table import Cell, Head, Line, draw_table


def draw_rows(placed: Placed) -> None:
    """Draw a line for each table of today's protocols and set of parameters."""
    current = [(table, row) for table, row in placed if table.current]
    if not current:
        return
    heads = [
        Head(
            "Rank",
            about=f"Place, and the best and worst that the data allow. {TIE}: not told apart from the best.",
            stays=True,
        ),
        Head("Task", about="Opens its table."),
        Head("Method and parameters"),
        Head(
            "Value", about="Mean over seeds in the column that ranks, with its 95 % interval.", number=True, stays=True
        ),
        Head("Ranked by"),
        Head("To the best", about="Difference to the best of its field, with its 95 % interval.", number=True),
        Head("Seeds", about="Each opens its run.", stays=True),
        Head("Runs", about=SOURCE, stays=True),
        Head("Run again", about=AGAIN, stays=True),
        Head("Coverage"),
        Head("Not ranked because"),
    ]
    lines = []
    for table, row in current:
        metric, marked = table.metric(table.primary.metric), row.rank is not None and row.label in tied(table)
        runs = [link(str(run.seed), href("run", run=run.run[:16]), run.state) for run in row.runs]
        cells = [
            rank(row, marked),
            Cell(link(table.title, table_href(table)), table.condition),
            Cell(row.label),
            mean(metric, row.value(table.primary)),
            Cell(f"{title(table.primary)} ({unit(metric)})"),
            difference(metric, row.difference),
            Cell(join(runs, " ")),
            source(row),
            again(row),
            Cell(coverage(table, row)),
            Cell(row.unranked),
        ]
        lines.append(Line(cells, kind="tied" if marked else "" if row.rank else "aside"))
    draw("<h2>On every task</h2>")
    draw_table(heads, lines, "Today's protocols; shaded: not told apart from the best of its table.")


def draw_sources(placed: Placed) -> None:
    """Draw, to be opened, where the rows of today come from and what is proven of them."""
    parts = [
        fill("<h3>{}{}</h3>{}", table.title, f" ({table.condition})" if table.setting else "", about_row(table, row))
        for table, row in placed
        if table.current
    ]
    if parts:
        draw("<details><summary>Whose runs these are, and who ran them again</summary>{}</details>", parts)


def draw_history(placed: Placed) -> None:
    """Draw the rows of earlier protocols, newest first: their numbers are not comparable with today's."""
    earlier = [(table, row) for table, row in placed if not table.current]
    if not earlier:
        return
    earlier.sort(key=lambda each: (each[0].task, each[0].ended or ""), reverse=True)
    heads = [
        Head("Ended", about="When the last run of the table ended."),
        Head("Task", about="Opens its table."),
        Head("Task version"),
        Head("Protocol"),
        Head("Method and parameters"),
        Head("Method version"),
        Head("Value", number=True),
        Head("Ranked by"),
    ]
    lines = []
    for table, row in earlier:
        metric = table.metric(table.primary.metric)
        cells = [
            Cell((table.ended or "")[:10]),
            Cell(link(table.title, table_href(table)), table.condition),
            Cell(table.version),
            Cell(table.protocol[:12]),
            Cell(row.label),
            Cell(row.version),
            mean(metric, row.value(table.primary)),
            Cell(f"{title(table.primary)} ({unit(metric)})"),
        ]
        lines.append(Line(cells))
    draw("<h2>Before</h2>")
    draw_table(
        heads,
        lines,
        "Under earlier protocols: other data, reference models or versions, so not comparable with today's.",
    )

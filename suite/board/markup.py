"""A table as Markdown and as LaTeX, for a paper or a README: the values with intervals, and who ties with the best."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import partial

from suite.board.export import shown_rank
from suite.board.latex import latex
from suite.board.model import Difference, Row, Table, Value
from suite.board.ties import tied
from suite.contracts import Column, Metric
from suite.text import clean

_SIGNS = re.compile(r"([\\`*_{}\[\]<>|~$#!&:])")
_LINKED = re.compile(r"://|www\.|@", re.IGNORECASE)
DASH = "–"


@dataclass(frozen=True)
class Cell:
    """A text of a table's cell, which says of itself whether it stands out."""

    text: str
    strong: bool = False


Lines = Sequence[Sequence[Cell]]


def as_markdown(table: Table, columns: Sequence[Column] = ()) -> str:
    """Return the table in GitHub's Markdown; of the columns given, or else of the metric that ranks."""
    return grid_as_markdown(*_cells(table, _columns(table, columns)), _caption(table))


def as_latex(table: Table, columns: Sequence[Column] = ()) -> str:
    r"""Return the table as a LaTeX table for the package booktabs; see `as_markdown`."""
    return grid_as_latex(*_cells(table, _columns(table, columns)), _caption(table))


def grid_as_markdown(headings: Sequence[str], lines: Lines, caption: str) -> str:
    """Return any table in GitHub's Markdown, below its caption; the first two columns are to the left."""
    rows = [[markdown(heading) for heading in headings], [":--", ":--", *[":-:"] * (len(headings) - 2)]]
    for line in lines:
        rows.append([f"**{markdown(cell.text)}**" if cell.strong else markdown(cell.text) for cell in line])
    drawn = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return f"{markdown(caption)}\n\n{drawn}"


def grid_as_latex(headings: Sequence[str], lines: Lines, caption: str) -> str:
    r"""Return any table as a LaTeX table for the package booktabs."""
    drawn = [_row([latex(heading) for heading in headings])]
    drawn += [r"\midrule"]
    for line in lines:
        drawn.append(_row([rf"\textbf{{{latex(cell.text)}}}" if cell.strong else latex(cell.text) for cell in line]))
    return "\n".join(
        [
            r"% \usepackage{booktabs}",
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{latex(caption)}}}",
            rf"\begin{{tabular}}{{rl{'c' * (len(headings) - 2)}}}",
            r"\toprule",
            *drawn,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def markdown(text: object) -> str:
    """Return Markdown that shows the text: escaped, or as code where renderers would make a link or a mention of it."""
    line = clean(text)
    if not _LINKED.search(line) or "|" in line:  # a table's cell ends at a bar even within code
        return _SIGNS.sub(r"\\\1", line)
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", line)), default=0))
    return f"{fence} {line} {fence}"


def _columns(table: Table, columns: Sequence[Column]) -> Sequence[Column]:
    own = [c for c in table.columns if c.metric == table.primary.metric and "/" not in c.subset]
    return columns or list(dict.fromkeys([table.primary, *own]))


def _cells(table: Table, columns: Sequence[Column]) -> tuple[list[str], Lines]:
    metric = table.metric(table.primary.metric)
    several, seeds = len(table.accesses) > 1, len({len(row.seeds) for row in table.rows}) > 1
    marked = tied(table)
    texts: dict[str, Callable[[Row], Cell]] = {"rank": lambda row: Cell(shown_rank(row, marked))}
    texts["method"] = lambda row: Cell(row.label)
    for column in columns:
        texts[_heading(table, column)] = partial(_value, table, column, marked)
    if any(row.difference for row in table.rows):
        texts[f"difference to the best ({metric.shown_unit})"] = lambda row: Cell(_difference(metric, row.difference))
    if several:
        texts["access"] = lambda row: Cell(", ".join(row.access) or "none")
    if seeds:
        texts["seeds"] = lambda row: Cell(str(len(row.seeds)))
    return list(texts), [[make(row) for make in texts.values()] for row in table.rows]


def _heading(table: Table, column: Column) -> str:
    metric = table.metric(column.metric)
    return f"{column} {'↑' if metric.direction == 'higher' else '↓'} ({metric.shown_unit})"


def _value(table: Table, column: Column, marked: Container[str], row: Row) -> Cell:
    value, metric = row.value(column), table.metric(column.metric)
    bold = column == table.primary and row.label in marked
    if value is None:
        return Cell(DASH)
    left_out = ", partial" if value.partial else ""
    return Cell(f"{metric.shown(value.mean):.2f}{_interval(metric, value)}{left_out}", bold)


def _difference(metric: Metric, difference: Difference | None) -> str:
    if difference is None:
        return ""
    ends = difference.ends(lambda value: f"{metric.shown(value):.2f}")
    between = f" [{', '.join(ends)}]" if ends else ""
    return f"{metric.shown(difference.mean):+.2f}{between}"


def _interval(metric: Metric, value: Value) -> str:
    if value.low is None or value.high is None:
        return ""
    return f" [{metric.shown(value.low):.2f}, {metric.shown(value.high):.2f}]"


def _caption(table: Table) -> str:
    metric = table.metric(table.primary.metric)
    setting = f", {table.condition}" if table.setting else ""
    groups = [
        f"{sum(row.rank.tied for row in rows if row.rank)} of {len(rows)}{_of(access) if len(table.fields) > 1 else ''}"
        for access, rows in table.fields.items()
    ]
    tied = f" Bold, and = at the rank: not told apart from the best, {'; '.join(groups)}." if groups else ""
    return (
        f"{table.title} ({table.task}{setting}). Ranked by {table.primary} ({metric.shown_unit}, {metric.direction} is "
        f"better); mean over {len(table.seeds)} seeds with 95 % interval, rank with its 95 % interval.{tied} "
        f"Task version {table.version}, protocol {table.protocol[:12]}."
    )


def _of(access: tuple[str, ...]) -> str:
    return f" given {', '.join(access)}" if access else " without privileges"


def _row(cells: Sequence[str]) -> str:
    # In braces: what starts with a bracket or a star would be an argument of the line before.
    return " & ".join([f"{{{cells[0]}}}", *cells[1:]]) + r" \\"

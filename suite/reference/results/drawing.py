"""A table of published results as Markdown, with a line below it that says what its numbers are."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from suite.board.board import Board
from suite.board.export import shown_rank
from suite.board.model import Table
from suite.board.ties import tied
from suite.reference.markdown import code, listed, table
from suite.reference.results.columns import Line, Part, differences, part
from suite.reference.results.lookup import Found, Unknown, along, chosen
from suite.reference.results.numbers import NONE
from suite.reference.results.request import Request


def draw(board: Board, request: Request) -> str:
    """Return the Markdown of what is asked for.

    Raises:
        Unknown: it names a task, setting, row or column that is not published.
    """
    axis = request.by or request.stack
    found = along(board, request.task, request.setting, axis)
    if lacking := [value for value in request.values if value not in found]:
        raise Unknown(f"nothing is published of {request.task} with {axis}={lacking[0]}. There is: {', '.join(found)}")
    found = {value: found[value] for value in request.values or found}
    lines = _lines(request, found)
    parts: list[Part] = []
    if request.stack:
        values = {each.entry.file: value for value, each in found.items()}
        parts.append(Part(request.stack, tuple(code(values[line.found.entry.file]) for line in lines)))
    elif not (request.by or request.rows):
        parts.append(Part("rank", tuple(_rank(line) for line in lines)))
    parts.append(Part("method" if not request.rows else "", tuple(line.heading for line in lines)))
    sources = {each.name: each for each in found.values()}
    for value, each in found.items() if request.by else [("", None)]:
        for heading, text in request.headed.items():
            other = each or _other(board, text)
            sources |= {other.name: other} if other else {}
            name = value if value and len(request.headed) == 1 else f"{value}: {heading}" if value else heading
            parts.append(part(name, text.rpartition(": ")[2], lines, other, request))
    if request.against:
        parts.append(differences(next(iter(found.values())), request, lines))
    if not request.by and len({line.row.access for line in lines if line.row}) > 1:
        parts.append(Part("access", tuple(", ".join(line.row.access if line.row else ()) or NONE for line in lines)))
    drawn = table([each.heading for each in parts], zip(*(each.cells for each in parts), strict=True))
    bases = frozenset[str]().union(*(each.bases for each in parts))
    return f"{drawn}\n{_caption(request, list(sources.values()), sorted(bases), bold='**' in drawn)}\n"


def _lines(request: Request, found: dict[str, Found]) -> list[Line]:
    first = next(iter(found.values()))
    if request.rows:
        lines = []
        for heading, text in request.rows.items():
            label, _, fill = (word.strip() for word in text.partition("|"))
            chosen([first], [label])
            lines.append(Line(first, label, heading, fill))
        return lines
    labels = chosen(found.values(), request.methods)
    groups = list(found.values()) if request.stack else [first]
    marked = bool(request.by or request.stack)
    together = (Line(each, label, _name(found.values(), label, marked)) for each in groups for label in labels)
    return [line for line in together if line.row or request.by]


def _name(found: Iterable[Found], label: str, marked: bool) -> str:
    """Return a label, with its standing where no rank tells that."""
    row = next(row for each in found if (row := each.rows.get(label)))
    return f"{code(label)}, {row.standing}" if marked and row.standing != "ranked" else code(label)


def _rank(line: Line) -> str:
    return shown_rank(line.row, tied(line.found.table)) if line.row else NONE


def _other(board: Board, text: str) -> Found | None:
    task, between, _ = text.rpartition(": ")
    return next(iter(along(board, task, {}).values())) if between else None


def _caption(request: Request, found: Sequence[Found], bases: Sequence[str], *, bold: bool) -> str:
    """Say what the numbers are, of when they are, and which command shows the tables."""
    seeds = sorted({len(each.table.seeds) for each in found})
    said = " or ".join(map(str, seeds)) + (" seed" if seeds == [1] else " seeds")
    if request.seeds == "each":
        said += ", the value of each"
    else:
        said += f"; mean ± half of the 95 % interval ({' or '.join(bases)})" if bases else "; mean"
        said += ", in bold if not told apart from the best with the same access, where others are" if bold else ""
    if request.against:
        said += (
            f"; less {code(request.against)}: by pairs of seeds, with a 95 % interval for each pair by itself, "
            "and on how many seeds the row is better"
        )
    ended = max((each.table.ended or "")[:10] for each in found)
    commands = dict.fromkeys(shlex.join(["suite", "board", *_arguments(each.table, request)]) for each in found)
    return f"*{said}. Last run {ended}: {listed(commands)}*"


def _arguments(table: Table, request: Request) -> list[str]:
    if not (axis := request.by or request.stack):
        return table.arguments
    axes = tuple(each for each in table.axes if each.name != axis)
    rest = {name: value for name, value in table.setting.items() if name != axis}
    return [*table.model_copy(update={"axes": axes, "setting": rest}).arguments, "--by", axis]

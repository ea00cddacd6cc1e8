"""The columns of a drawn table: numbers, differences to the best row, differences to a named one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from suite.board.comparison import compare
from suite.board.model import Row, Table
from suite.contracts import Column
from suite.reference.markdown import code
from suite.reference.results.lookup import Found, Unknown, chosen
from suite.reference.results.numbers import NONE, Number, shown, signed
from suite.reference.results.request import BEST, Request


@dataclass(frozen=True)
class Line:
    """A row that is drawn: of which table, if they are stacked, of which label, and what stands for a ``*``."""

    found: Found
    label: str
    heading: str
    fill: str = ""

    @property
    def row(self) -> Row | None:
        """The row of the board."""
        return self.found.rows.get(self.label)


@dataclass(frozen=True)
class Part:
    """A column that is drawn: its heading, and its cell for each line."""

    heading: str
    cells: tuple[str, ...]
    bases: frozenset[str] = frozenset()
    """Over what the intervals of its numbers are."""


def part(heading: str, text: str, lines: Sequence[Line], other: Found | None, request: Request) -> Part:
    """Return a column: of a table of its own, or of each line's."""
    if text == BEST:
        return Part(heading, tuple(_to_the_best(line) for line in lines))
    sources = [other or line.found for line in lines]
    columns = _filled(text, lines, sources)
    metric, bases = sources[0].table.metric(columns[0].metric), frozenset[str]()
    if request.seeds == "each":
        by_seed = [
            [Number(value) for _, value in sorted(each.by_seed.get((line.label, c.metric, c.subset), {}).items())]
            for each, line, c in zip(sources, lines, columns, strict=True)
        ]
        text_of = shown(metric, [number for numbers in by_seed for number in numbers])
        cells = [", ".join(map(text_of, numbers)) or NONE for numbers in by_seed]
    else:
        numbers = [_number(each, line.label, c) for each, line, c in zip(sources, lines, columns, strict=True)]
        text_of = shown(metric, [number for number in numbers if number])
        bases = frozenset(number.basis for number in numbers if number and number.basis)
        cells = [
            _bold(text_of(number), each.table, each.rows.get(line.label), column) if number else NONE
            for number, each, line, column in zip(numbers, sources, lines, columns, strict=True)
        ]
    unit = ", %" if metric.shown_unit == "%" and not heading.endswith("%") else ""
    return Part(f"{heading}{unit}", tuple(cells), bases)


def _filled(text: str, lines: Sequence[Line], sources: Sequence[Found]) -> list[Column]:
    """Return the column of each line; with a ``*`` it may be one that no row has, if that of another line is there."""
    texts = [text.replace("*", line.fill) for line in lines]
    known = [each for each, source in zip(texts, sources, strict=True) if "*" not in text or each in source.columns]
    return [
        source.column(each) if each in known or not known else Column(metric=each.split()[0], subset="")
        for each, source in zip(texts, sources, strict=True)
    ]


def _number(found: Found, label: str, column: Column) -> Number | None:
    row = found.rows.get(label)
    value = row.value(column) if row else None
    if value is None:
        return None
    if value.low is None or value.high is None:
        return Number(value.mean)
    return Number(value.mean, max(value.high - value.mean, value.mean - value.low), value.basis.removeprefix("95 %, "))


def _bold(text: str, table: Table, row: Row | None, column: Column) -> str:
    """Make the primary value of the best and of what is not told apart from it bold; where that is all, none is."""
    if row is None or row.rank is None or column != table.primary:
        return text
    told = [other.rank.tied for other in table.fields[() if table.one_field else row.access] if other.rank]
    return f"**{text}**" if row.rank.tied and not all(told) else text


def _to_the_best(line: Line) -> str:
    difference = line.row.difference if line.row else None
    metric = line.found.table.metric(line.found.table.primary.metric)
    return signed(metric, difference) if difference else NONE


def differences(found: Found, request: Request, lines: Sequence[Line]) -> Part:
    """Return the differences to one row, with the number of seeds on which the other one is better."""
    reference = found.rows.get(request.against)
    if reference is None:
        chosen([found], [request.against])
        raise Unknown(f"against names one row, and not a pattern: {request.against!r}")
    if len(reference.seeds) < 2:
        raise Unknown(f"{found.name} has one seed, and against compares over seeds")
    column = found.column(next(iter(request.headed.values())))
    metric, scores = found.table.metric(column.metric), found.board.scores(found.entry)
    sign = 1 if metric.direction == "higher" else -1

    def cell(row: Row | None) -> str:
        if row is None or row.label == request.against:
            return NONE
        made = compare(found.table, [row, reference], [column], scores, lambda run: None)
        if not made:
            return NONE
        mine, its = (found.by_seed[label, column.metric, column.subset] for label in (row.label, request.against))
        better = sum(sign * (mine[seed] - its[seed]) > 0 for seed in mine.keys() & its.keys())
        return f"{signed(metric, made[0].difference)}, {better} of {made[0].seeds}"

    return Part(f"less {code(request.against)}", tuple(cell(line.row) for line in lines))

"""A row's picture: a line for its interval, a mark at the mean, a tick for each seed; all rows share a scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from suite.board.model import Row, Table, Value

WIDTH, HEIGHT, MARGIN = 200, 20, 6
"""Units of the drawing; the style sheet says how large they are."""


@dataclass(frozen=True)
class Scale:
    """From a value to its place in a drawing.

    The scale spans the means and seeds of all rows. An interval that is longer than twice that is cut at the edge:
    one method with a huge interval must not press all others into a point.
    """

    low: float
    high: float

    def at(self, value: float) -> float:
        """Return where a value lies, within the drawing."""
        return round(MARGIN + (WIDTH - 2 * MARGIN) * self.share(value), 1)

    def share(self, value: float) -> float:
        """Return where a value lies between the ends, 0 to 1."""
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return min(max(share, 0.0), 1.0)


def scale(table: Table) -> Scale | None:
    """Return the scale of a table's primary column; None if no row has a value there."""
    values = [value for row in table.rows if (value := row.value(table.primary))]
    seeds = [run.value for row in table.rows for run in row.scored if run.value is not None]
    points = [*(value.mean for value in values), *seeds]
    if not values:
        return None
    low, high = min(points), max(points)
    room = (high - low) / 2
    ends = [end for value in values for end in (value.low, value.high) if end is not None]
    low, high = max(low - room, min([low, *ends])), min(high + room, max([high, *ends]))
    return Scale(low, high)


def best_values(table: Table) -> dict[tuple[str, ...], float]:
    """Return the value of the first place by the access of those that are ranked with it."""
    firsts = ((access, rows[0].value(table.primary)) for access, rows in table.fields.items())
    return {access: value.mean for access, value in firsts if value}


def picture(scale: Scale, row: Row, value: Value, *, tied: bool, best: float | None) -> Markup:
    """Draw a row; the mark is full for the group that is not told apart from the best, and hollow for the others.

    A dotted line stands at ``best``, the value of the first place.
    It is hidden from screen readers: its numbers stand in the cells beside it.
    """
    middle = HEIGHT // 2
    dotted = "" if best is None else f'<path class="b" d="M{scale.at(best):g} 0V{HEIGHT}"/>'
    ends = [value.low, value.high]
    line = "" if None in ends else f'<path d="M{_at(scale, value.low)} {middle}H{_at(scale, value.high)}"/>'
    ticks = _ticks(scale, [run.value for run in row.scored if run.value is not None])
    hollow = "" if tied else ' class="o"'
    mark = f'<circle{hollow} cx="{scale.at(value.mean):g}" cy="{middle}" r="4"/>'
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}"'
    return Markup(f'<svg {box} aria-hidden="true">{dotted}{ticks}{line}{mark}</svg>')  # numbers alone, no text


def _ticks(scale: Scale, seeds: Sequence[float]) -> str:
    return f'<path class="s" d="{"".join(f"M{scale.at(seed):g} 5v10" for seed in seeds)}"/>' if seeds else ""


def _at(scale: Scale, end: float | None) -> str:
    assert end is not None
    return f"{scale.at(end):g}"

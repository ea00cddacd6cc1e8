"""The picture that a link to a table shows elsewhere: title, answer, and the first rows with their intervals."""

from __future__ import annotations

import io
from collections.abc import Sequence
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

from suite.board.model import Table
from suite.export import numbers
from suite.export.picture import Scale, scale
from suite.text import clean

SIZE = (1200, 630)
"""Pixels, as Open Graph's readers expect them."""
ROWS, ROW = 8, 38
LEFT, RIGHT, LABELS, TOP = 60, 1140, 560, 300
GROUND, TEXT, FAINT, MARK = "#ffffff", "#1b1f24", "#57606a", "#0a5cad"


def preview(table: Table, title: str, said: Sequence[str]) -> bytes:
    """Return the picture as PNG."""
    image = Image.new("RGB", SIZE, GROUND)
    draw = ImageDraw.Draw(image)
    draw.text((LEFT, 40), "Basin Suite leaderboard", FAINT, _font(26))
    draw.multiline_text((LEFT, 80), _wrapped(title, 44, 2), TEXT, _font(46))
    draw.multiline_text((LEFT, 200), _wrapped("; ".join(said), 68, 2), MARK, _font(32))
    axis = scale(table)
    if axis is not None:
        _draw_rows(draw, table, axis)
    content = io.BytesIO()
    image.quantize(32).save(content, "PNG", optimize=True)
    return content.getvalue()


def _draw_rows(draw: ImageDraw.ImageDraw, table: Table, axis: Scale) -> None:
    metric = table.metric(table.primary.metric)
    field = next(iter(table.fields.values()), table.rows)  # of one access: others have places of their own
    shown = [(row, value) for row in field if (value := row.value(table.primary))][:ROWS]
    for number, (row, value) in enumerate(shown):
        middle = TOP + number * ROW + ROW // 2
        tied = bool(row.rank and row.rank.tied)
        draw.text((LEFT, middle), _wrapped(row.label, 26, 1), TEXT, _font(26), "lm")
        draw.text((LABELS - 20, middle), numbers.mean(metric, value), TEXT, _font(26), "rm")
        if value.low is not None and value.high is not None:
            draw.line([(_at(axis, value.low), middle), (_at(axis, value.high), middle)], MARK, 3)
        mark = _at(axis, value.mean)
        draw.ellipse((mark - 8, middle - 8, mark + 8, middle + 8), MARK if tied else GROUND, MARK, 3)


def _at(axis: Scale, value: float) -> float:
    return LABELS + (RIGHT - LABELS) * axis.share(value)


def _wrapped(text: str, width: int, lines: int) -> str:
    return "\n".join(wrap(clean(text), width, max_lines=lines, placeholder=" …"))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)

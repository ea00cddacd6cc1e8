"""Regions of Markdown between markers: finding them, filling them, and finding tables that have no marker.

A region is filled from the YAML of its marker; a table that was measured by hand says by which command and when::

    <!-- results
    task: ood/digits
    columns: {near: auroc near, far: auroc far}
    -->

    <!-- /results -->

    <!-- measured 2026-11-27: suite run -t ood/digits -m 'oodkit/*' -->
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from suite.board.board import Board
from suite.errors import SuiteError
from suite.reference.results.drawing import draw
from suite.reference.results.lookup import Unknown
from suite.reference.results.request import Request
from suite.store.submission.yaml import Unreadable, parse

BEGIN, END = "<!-- results\n", "<!-- /results -->\n"
REGION = re.compile(r"^<!-- results\n(?P<asked>.*?)^-->\n(?P<filled>.*?)^<!-- /results -->\n", re.DOTALL | re.MULTILINE)
TABLE = re.compile(r"^\|.*\|\n\|[-:| ]+\|\n(?:\|.*\|\n)*", re.MULTILINE)
RESULT = re.compile(r"±|^[*]*[-+−]?\d+\.\d", re.MULTILINE)
"""What the cells of a table of results have, one a line."""
MARKED = re.compile(r"<!-- (?:measured \d{4}-\d\d-\d\d|checked): [^\n]+(?:\n[^\n]+)* -->\n\n\Z")
NEXT = "python docs/results.py"


@dataclass(frozen=True)
class Stale:
    """A region that is not what the board gives, by the line of its marker."""

    line: int


def refilled(text: str, board: Board, place: str) -> tuple[str, list[Stale]]:
    """Return a page with its regions filled, and those that were not as they are now.

    Raises:
        SuiteError: a marker is no request, or names what is not published; it says where.
    """
    stale = []

    def fill(region: re.Match[str]) -> str:
        line = _line(text, region.start())
        drawn = f"\n{_drawn(region['asked'], board, place, line)}\n"
        if drawn != region["filled"]:
            stale.append(Stale(line))
        return f"{BEGIN}{region['asked']}-->\n{drawn}{END}"

    whole = REGION.sub(fill, text)
    for marker in (BEGIN, END):
        if text.count(marker) != len(REGION.findall(text)):
            at = next(each.start() for each in re.finditer(re.escape(marker), text) if not _within(text, each.start()))
            raise SuiteError(
                f"{marker.strip()} has no other end", place=f"{place}:{_line(text, at)}", next=f"end it with {END}"
            )
    return whole, stale


def unmarked(text: str) -> Iterator[int]:
    """Yield the lines of tables of results that stand in no region and have no marker before them."""
    for found in TABLE.finditer(text):
        cells = "\n".join(cell.strip() for line in found[0].splitlines()[2:] for cell in line.split("|"))
        if RESULT.search(cells) and not _within(text, found.start()) and not MARKED.search(text[: found.start()]):
            yield _line(text, found.start())


def _drawn(asked: str, board: Board, place: str, line: int) -> str:
    try:
        said = parse(asked.encode())
        return draw(board, Request.model_validate(said.value, strict=False))
    except Unreadable as error:
        raise SuiteError(str(error), place=f"{place}:{line + error.line}", next=NEXT) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = tuple(first["loc"])
        at = line + next((said.lines[where[:n]] for n in range(len(where), 0, -1) if where[:n] in said.lines), 0)
        name = ".".join(map(str, where))
        cause = f"{name}: {first['msg']}" if name else first["msg"].removeprefix("Value error, ")
        raise SuiteError(cause, place=f"{place}:{at}", next=NEXT) from None
    except Unknown as error:
        raise SuiteError(str(error), place=f"{place}:{line}", next=NEXT) from None


def _within(text: str, position: int) -> bool:
    return any(region.start() <= position < region.end() for region in REGION.finditer(text))


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1

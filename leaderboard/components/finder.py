"""One search over methods, tasks, authors and papers."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from suite.board.board import Board

from .links import href, table_href
from .prose import draw, fill, link
from .source import registry
from .standings import current
from .theme import status
from .words import matches, said

MOST = 50
COMPARED = 6
"""How many methods a comparison has at most."""


def find(search: str, board: Board) -> None:
    """Draw the methods and the tasks that a search finds."""
    methods, tasks = methods_found(search, board), tasks_found(search, board)
    _draw_comparisons(search, board)
    _draw("Methods", methods, link("in the list of methods", href("methods", q=search)))
    _draw("Tasks", tasks, link("in the list of tasks", href("tasks", q=search)))
    if not methods and not tasks:
        draw('<p role="status">Nothing is found for “{}”. {}</p>', search, link("Show everything.", "./"))


def methods_found(search: str, board: Board) -> list[Markup]:
    """Return a link to each method whose name, title, authors, paper or status match."""
    cards = {entry.name: entry.value.card for entry in registry().methods}
    names = sorted({*cards, *(result.method for entry in board.entries for result in entry.results)})
    found = []
    for name in names:
        card = cards.get(name)
        if matches(search, name, *said(card)):
            paper = (
                f"{card.authors}: {card.paper}{f', {card.year}' if card.year else ''}" if card and card.paper else ""
            )
            shown = status(card.status if card else "not installed")
            title = link(card.title if card else name, href("method", method=name))
            found.append(fill("{} <code>{}</code> {} <small>{}</small>", title, name, shown, paper))
    return found


def tasks_found(search: str, board: Board) -> list[Markup]:
    """Return a link to each task whose name, title or summary match, and to its table."""
    tables = current(board.entries)
    tasks = {entry.name: (entry.value.title, entry.value.summary) for entry in registry().tasks}
    tasks |= {name: (entries[0].title, "") for name, entries in tables.items() if name not in tasks}
    found = []
    for name, texts in sorted(tasks.items()):
        if matches(search, name, *texts):
            table = fill(" · {}", link("table", table_href(tables[name][0]))) if name in tables else ""
            found.append(fill("{} <code>{}</code>{}", link(texts[0], href("task", id=name)), name, table))
    return found


def comparisons(search: str, board: Board) -> dict[str, list[str]]:
    """Return by track the rows that a search finds, where they are two to six: so many can be compared."""
    cards = {entry.name: entry.value.card for entry in registry().methods}
    found: dict[str, dict[str, None]] = {}
    for entry in board.entries:
        for result in entry.results if entry.current else ():
            if matches(search, result.label, result.method, *said(cards.get(result.method))):
                found.setdefault(entry.track, {})[result.label] = None
    return {track: list(labels) for track, labels in found.items() if 2 <= len(labels) <= COMPARED}


def _draw_comparisons(search: str, board: Board) -> None:
    titles = {track.name: track.title for track in board.index.tracks}
    for track, labels in comparisons(search, board).items():
        shown = link(f"Compare these {len(labels)}", href("compare", track=track, methods=labels))
        draw("<p>{}: {} <small>{}</small></p>", titles.get(track, track), shown, ", ".join(labels))


def _draw(title: str, found: Sequence[Markup], rest: Markup) -> None:
    if found:
        items = [fill("<li>{}</li>", each) for each in found[:MOST]]
        more = fill("<p>The first {} of them; all {}.</p>", MOST, rest) if len(found) > MOST else ""
        draw("<h2>{} ({})</h2><ul>{}</ul>{}", title, len(found), items, more)

"""What to copy from a page: its link, citations as BibTeX, tables as Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from suite.board import citation
from suite.board.board import Board
from suite.board.markup import as_latex, as_markdown
from suite.board.model import Table
from suite.contracts import Card

from . import address
from .box import opened
from .prose import draw

Texts = Mapping[str, Callable[[], str]]
"""What can be copied, by what it is called; each is made only when it is shown."""


def draw_sharing(texts: Texts) -> None:
    """Draw, to be opened: the link to this very view, and texts to copy; texts that are empty are left out."""
    box = opened("Link, cite, copy", "sharing")
    if box is None:
        return
    with box:
        draw("<h3>Link to what you see</h3>")
        st.code(full_address(), language=None, wrap_lines=True)
        for title, make in texts.items():
            if text := make():
                draw("<h3>{}</h3>", title)
                st.code(text, language=None, height=260 if text.count("\n") > 12 else "content")


def full_address() -> str:
    """Return the whole address of the page as it is, every choice in it."""
    base = (st.context.url or "").split("?")[0]
    _, _, query = address.here({}).partition("?")
    return f"{base}?{query}" if query else base


def of_board(board: Board) -> Texts:
    """Return what can be copied of a page that shows several tables: the citation of the board."""
    return {"Cite the board": lambda: citation.board(board.index)}


def of_table(table: Table, board: Board) -> Texts:
    """Return what can be copied of a table: citations of it and of the board, Markdown, LaTeX."""
    entry = next(entry for entry in board.entries if (entry.task, entry.protocol) == (table.task, table.protocol))
    return {
        "Cite this table and the board": lambda: f"{citation.table(entry, board.index)}\n{citation.board(board.index)}",
        "The table as Markdown": lambda: as_markdown(table),
        "The table as LaTeX": lambda: as_latex(table),
    }


def of_task(name: str, title: str, version: str, board: Board) -> Texts:
    """Return what can be copied of a task: citations of it and of the board."""
    return {
        "Cite this task and the board": lambda: (
            f"{citation.task(name, title, version, board.index.suite)}\n{citation.board(board.index)}"
        )
    }


def of_method(card: Card | None, board: Board) -> Texts:
    """Return what can be copied of a method: the citations of its paper and of the board."""
    cited = {"Cite the paper": lambda: citation.paper(card)}
    return {**cited, **of_board(board)}

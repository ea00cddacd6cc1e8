"""One method: its card, how it does on every task of its track, its variants, its history, and its parameters."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import streamlit as st
from markupsafe import Markup

from suite.board.board import Board
from suite.board.command import commands
from suite.board.matrix import matrix
from suite.contracts import Card, Method, Setting
from suite.errors import SuiteError
from suite.registry import Entry as Registered
from suite.store.reading import Reader

from ..components import address, citation
from ..components.box import opened
from ..components.chart import axis_chart
from ..components.citation import draw_sharing
from ..components.columns import coverage, interval, title, unit
from ..components.columns import difference as difference_cell
from ..components.links import href, table_href
from ..components.panels import Placed, draw_panels
from ..components.prose import definitions, draw, fill, join, link, outside
from ..components.source import board, registry, settings
from ..components.table import Cell, Head, Line, draw_table
from ..components.theme import status


def draw_card(card: Card | None, name: str, installed: Registered[type[Method]] | None) -> None:
    """Draw who made the method, what the implementation follows, and where its code is."""
    st.session_state["title"] = card.title if card else name
    draw("<h1>{} <small>{}</small></h1>", card.title if card else name, name)
    if installed is None:
        draw('<p class="note" role="status">It is not installed here: its results were made elsewhere or earlier.</p>')
    if card is None:
        return
    year = f"({card.year})" if card.year else ""
    paper = fill("{} {}", outside(card.paper, card.url), year) if card.paper else Markup()
    said = {"Paper": paper, "Authors": card.authors, "Follows": status(card.status), **_source(installed)}
    draw("{}", definitions(said, "facts"))
    if card.note:
        draw('<p class="note">{}</p>', card.note)


def _source(installed: Registered[type[Method]] | None) -> dict[str, str]:
    if installed is None:
        return {}
    method, plugin = installed.value, installed.plugin
    origin = f"{method.__module__}.{method.__qualname__}"
    given = ", ".join(sorted(method.needs))
    return {
        "Version": method.version,
        "Source": f"{origin}, {plugin.distribution} {plugin.version}".rstrip(),
        "Needs": given,
    }


def draw_standing(name: str, everything: Board) -> None:
    """Draw how the method does over its track: mean rank and wins of each of its variants."""
    track = name.partition("/")[0]
    current = [entry for entry in everything.entries if entry.current and entry.track == track]
    made = matrix(current)
    own = [line for line in made.lines if line.method == name]
    sentences = []
    for line in own:
        access = f" that are given {', '.join(line.access)}" if line.access else ""
        field = sum(other.mean_rank is not None and other.access == line.access for other in made.lines)
        rank = ""
        if line.mean_rank is not None:
            tables = f"{len(made.common)} common tables" if len(made.common) > 1 else "one common table"
            rank = f", mean rank {line.mean_rank:.2f} among {field} methods{access} on {tables}, first on {line.wins}"
        sentences.append(
            fill("<b>{}</b> has a place on {} of {} tables{}.", line.label, line.placed, len(current), rank)
        )
    links = [link("All methods on all tasks", href("matrix", track=track))]
    links.append(link("Compare it with others", href("compare", track=track, methods=[line.label for line in own][:6])))
    draw("<p class='lead'>{}</p><p>{}</p>", join(sentences, " "), join(links, " · "))


def draw_rows(placed: Placed) -> None:
    """Draw a line for each table of today's protocols and set of parameters."""
    current = [(table, row) for table, row in placed if table.current]
    if not current:
        return
    heads = [
        Head(
            "Rank",
            about="Place, and the best and worst that the data allow. ≈: not told apart from the best.",
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
        Head("Coverage"),
        Head("Not ranked because"),
    ]
    lines = []
    for table, row in current:
        metric, value, rank = table.metric(table.primary.metric), row.value(table.primary), row.rank
        setting = f"{table.condition}" if table.setting else ""
        between = f"{rank.best}–{rank.worst}" if rank and rank.best != rank.worst else ""
        runs = [link(str(run.seed), href("run", run=run.run[:16]), run.state) for run in row.runs]
        cells = [
            Cell(
                f"{'≈ ' if rank.tied else ''}{rank.place}" if rank else row.standing if not row.unranked else "",
                between,
            ),
            Cell(link(table.title, table_href(table)), setting),
            Cell(row.label),
            Cell(f"{metric.shown(value.mean):.2f}", interval(metric, value)) if value else Cell(""),
            Cell(f"{title(table.primary)} ({unit(metric)})"),
            difference_cell(metric, row.difference),
            Cell(join(runs, " ")),
            Cell(coverage(table, row)),
            Cell(row.unranked),
        ]
        lines.append(Line(cells, kind="tied" if rank and rank.tied else "" if rank else "aside"))
    draw("<h2>On every task</h2>")
    draw_table(heads, lines, "Today's protocols; shaded: not told apart from the best of its table.")


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
        metric, value = table.metric(table.primary.metric), row.value(table.primary)
        cells = [
            Cell((table.ended or "")[:10]),
            Cell(link(table.title, table_href(table)), table.condition),
            Cell(table.version),
            Cell(table.protocol[:12]),
            Cell(row.label),
            Cell(row.version),
            Cell(f"{metric.shown(value.mean):.2f}", interval(metric, value)) if value else Cell(""),
            Cell(f"{title(table.primary)} ({unit(metric)})"),
        ]
        lines.append(Line(cells))
    draw("<h2>Before</h2>")
    draw_table(
        heads,
        lines,
        "Under earlier protocols: other data, reference models or versions, so not comparable with today's.",
    )


def draw_axes(placed: Placed) -> None:
    """Draw the primary metric along each axis of a task on which the method has results at several values."""
    lines: dict[tuple[str, str, Setting], Placed] = {}
    for table, row in placed:
        for axis in table.setting if table.current else ():
            others = Setting({name: value for name, value in table.setting.items() if name != axis})
            lines.setdefault((table.task, axis, others), []).append((table, row))
    for (_, axis, others), line in lines.items():
        if len({table.setting[axis] for table, _ in line}) > 1:
            beside = f"({others})" if others else ""
            draw("<h3>{} by {} {}</h3>", line[0][0].title, axis, beside)
            axis_chart(axis, line)


def draw_parameters(method: type[Method]) -> None:
    """Draw the typed parameters with their defaults."""
    fields = method.Parameters.model_fields
    defaults = method.Parameters().model_dump(mode="json")
    heads = [Head("Parameter"), Head("Default", number=True), Head("Meaning")]
    lines = [
        Line([Cell(fill("<code>{}</code>", name)), Cell(str(defaults[name])), Cell(field.description or "")])
        for name, field in fields.items()
    ]
    lines += [
        Line(
            [Cell(fill("<code>{}</code>", role)), Cell("none"), Cell(f"A partner: the name of a {contract.__name__}.")]
        )
        for role, contract in method.partners.items()
    ]
    draw("<h2>Parameters</h2>{}", "" if lines else fill("<p>{}</p>", "None."))
    if lines:
        draw_table(
            heads,
            lines,
            f"Set one by suite run --method {method.name} --set {method.name}.NAME=VALUE",
            naming=1,
            fold=False,
        )


def draw_again(placed: Placed) -> None:
    """Draw, to be opened, the commands that make today's rows again."""
    box = opened("Make these rows again", "again")
    if box is None:
        return
    rows = [row for table, row in placed if table.current and row.runs]
    try:
        reader = Reader(settings().database_url)
    except SuiteError:
        box.write("The store cannot be read now.")
        return
    try:
        cells = [(reader.run(row.runs[0].run).cell, [run.seed for run in row.runs]) for row in rows]
    except SuiteError:
        box.write("Some of these runs are no longer in the store.")
        return
    finally:
        reader.close()
    box.code("\n".join(map(str, commands(cells, registry()))), language="bash", wrap_lines=True)


def placed_rows(name: str, everything: Board) -> Placed:
    """Return the rows of a method with their tables; only tables that have one are read."""
    entries = [entry for entry in everything.entries if any(result.method == name for result in entry.results)]
    tables = map(everything.table, entries)
    return [(table, row) for table in tables for row in table.rows if row.method == name]


def main() -> None:
    """Draw the page."""
    known = registry().methods
    everything = board()
    on_board = {result.method for entry in everything.entries for result in entry.results}
    name = address.read_known("method", "method", sorted({*on_board, *(entry.name for entry in known)}))
    installed = known.entry(name) if name in known else None
    placed = placed_rows(name, everything)
    card = installed.value.card if installed else next((row.card for _, row in placed if row.card), None)
    draw_card(card, name, installed)
    if placed:
        draw_standing(name, everything)
        draw_rows(placed)
        draw("<h2>Every seed, a chart for each metric</h2>")
        draw_panels([(table, row) for table, row in placed if table.current])
        draw_axes(placed)
        draw_again(placed)
        draw_history(placed)
    else:
        draw("<p>No results yet. Type:</p>")
        st.code(f"suite run --method {name.partition('/')[2]}", language="bash")
    if installed:
        draw_parameters(installed.value)
    draw_sharing(citation.of_method(card, everything))


main()

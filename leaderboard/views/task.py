"""One task: who leads, how to run it, its protocol, metrics, data and tables."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import streamlit as st
from markupsafe import Markup

from suite.board.badges import is_of
from suite.board.model import Entry, Table
from suite.contracts import Metric, Task

from ..components import address
from ..components.absent import explain_not_installed
from ..components.citation import draw_sharing, of_task
from ..components.columns import unit
from ..components.data import all_at_hand
from ..components.links import href, table_href
from ..components.prose import definitions, draw, fill, join, link, text
from ..components.source import board, registry
from ..components.standings import coverage, current, day, leaders, str_of
from ..components.table import Cell, Head, Line, draw_table

TABLES = (
    Head("Setting", about="Opens the table.", stays=True),
    Head("Best", about="The first of each field of access.", stays=True),
    Head("Methods", number=True),
    Head("Done", number=True, about="Cells done of those that methods and seeds make."),
    Head("Protocol", about="Rows of different protocols are not comparable."),
    Head("Task version"),
    Head("Missing data"),
    Head("Last run"),
)


def prose(said: str) -> Markup:
    """Return a text in which names between backticks are set as code."""
    parts = text(said).split("`")
    return join(
        [fill("<code>{}</code>", part) if number % 2 else part for number, part in enumerate(map(Markup, parts))]
    )


def draw_standing(name: str, entries: list[Entry]) -> None:
    """Say who leads, and how to run the task."""
    if entries:
        draw("<h2>Who leads</h2>{}<p>{}</p>", leaders(entries[0]), link("Open the table", table_href(entries[0])))
    draw("<h2>Run it</h2>" if entries else "<h2>No results yet: run it</h2>")
    st.code(f"suite run --task {name}", language="bash")


def draw_protocol(name: str, task: Table | type[Task]) -> None:
    """Draw what a table on the board and a task class both declare."""
    draw("<h2>Protocol</h2><p>{}</p>", prose(task.summary))
    facts: dict[str, object] = {
        "Ranked by": str(task.primary),
        "Seeds": ", ".join(map(str, task.seeds)),
        "Tier": task.tier,
        "Version": task.version,
        "Subsets": ", ".join(task.subsets),
        "Comparable are rows that share": ", ".join(task.comparable_by),
        "Data": all_at_hand().get(name, ""),
    }
    for axis in task.axes:
        values = f"{axis.values[0]} (default), {', '.join(axis.values[1:])}".rstrip(", ")
        facts[f"Axis {axis.name}"] = join([values, prose(axis.about)] if axis.about else [values], ". ")
    draw('<div class="facts">{}</div>', definitions(facts))
    metrics = [
        fill(
            "<div><dt>{} <code>{}</code></dt><dd>{} {} is better; {}; {}.</dd></div>",
            metric.name.replace("_", " "),
            metric.key,
            prose(metric.definition),
            metric.direction.capitalize(),
            f"shown in {unit(metric)}" if metric.shown_unit else "without a unit",
            between(metric),
        )
        for metric in task.metrics
    ]
    draw("<h2>Metrics</h2><dl>{}</dl>", metrics)


def between(metric: Metric) -> str:
    """Return between which bounds a metric lies, in the unit in which it is shown."""
    low, high = (None if bound is None else f"{metric.shown(bound):g}" for bound in metric.bounds)
    if low is None and high is None:
        return "without bounds"
    return f"from {low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"


def draw_tables(entries: list[Entry]) -> None:
    """Draw a line for each setting and protocol that the task was run under."""
    lines = [
        Line(
            (
                Cell(link(str_of(entry), table_href(entry))),
                Cell(leaders(entry)),
                Cell(str(len(entry.results)), _published(entry)),
                Cell(coverage(entry)),
                Cell("current" if entry.current else "earlier, not comparable", entry.protocol[:12]),
                Cell(entry.version),
                Cell(", ".join(entry.missing) or "none"),
                Cell(day(entry)),
            ),
            kind="" if entry.current else "aside",
        )
        for entry in entries
    ]
    draw("<h2>Tables</h2>")
    draw_table(
        TABLES, lines, "One table of this task" if len(lines) == 1 else f"{len(lines)} tables of this task", naming=1
    )


def _published(entry: Entry) -> str:
    """Return how many rows have published runs; nothing if none has."""
    count = sum(is_of(result, "published") for result in entry.results)
    return f"{count} published" if count else ""


def draw_data(table: Table) -> None:
    """Draw the fingerprints, what is missing, and the facts."""
    draw("<h2>Data and reference models</h2>")
    if table.missing:
        draw('<p class="note">Missing data: {}. Means without them are partial.</p>', ", ".join(table.missing))
    shown = {name: fill("<code>{}</code>", value) if value else "missing" for name, value in table.ingredients.items()}
    if shown:
        said = "sha256, of the seed that was run last; a trained reference model differs from seed to seed."
        draw('<p class="quiet">{}</p><div class="facts">{}</div>', said, definitions(shown))
    draw('<div class="facts">{}</div>', definitions(table.facts))


def main() -> None:
    """Draw the page."""
    everything = board()
    installed = {entry.name: entry.value for entry in registry().tasks}
    names = sorted({*(entry.task for entry in everything.entries), *installed})
    explain_not_installed(address.current().wanted.get("id", [""])[-1], everything.index.not_installed)
    name = address.read_known("id", "task", names)
    entries = [entry for entry in everything.entries if entry.task == name]
    entries = [*current(entries).get(name, []), *(entry for entry in entries if not entry.current)]
    table = everything.table(entries[0]) if entries else None
    task = table or installed[name]
    st.session_state["title"] = task.title
    track = name.split("/")[0]
    draw("<h1>{}</h1>", task.title)
    draw('<p class="quiet"><code>{}</code> · {}</p>', name, link(f"all tasks of {track}", href("tasks", track=track)))
    draw_standing(name, entries)
    draw_protocol(name, task)
    if table:
        draw_tables(entries)
        draw_data(table)
    draw_sharing(of_task(name, task.title, task.version, everything))


main()

"""Quality against cost in one table: who is on the front, what the others lack, and methods that are a curve."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import streamlit as st

from suite.board.cost import Cost, costs
from suite.board.model import Table
from suite.board.tradeoff import tradeoff
from suite.contracts import Column

from ..components import address
from ..components.chooser import choose_tables
from ..components.citation import draw_sharing, of_table
from ..components.columns import title
from ..components.escape import clean
from ..components.front import front_chart
from ..components.links import table_href
from ..components.prose import draw, link
from ..components.source import board
from ..components.tradeoff import draw_curves, draw_front, draw_points

ALL = "all"
WITHOUT = "none"
WALL = "wall_seconds"


def choose_field(table: Table) -> Table:
    """Draw the choice of access where a table has several; return the table with those rows and the references."""
    accesses = {", ".join(access) or WITHOUT: access for access in table.accesses}
    if len(accesses) < 2:
        address.read_idle("access", "access", [ALL, *accesses], ALL)
        return table
    words = {
        ALL: "of every access",
        **{name: name if access else "without privileges" for name, access in accesses.items()},
    }
    chosen = address.choose("Access", "access", list(words), shown=words.__getitem__)
    kept = [row for row in table.rows if chosen == ALL or row.standing != "ranked" or row.access == accesses[chosen]]
    return table.model_copy(update={"rows": tuple(kept)})


def choose_axes(table: Table) -> tuple[Column, Cost] | None:
    """Draw the choice of quality and cost; return them, or None for a table whose rows differ in no cost."""
    known = {cost.name: cost for cost in costs(table)}
    if not known:
        draw('<p class="note" role="status">The rows of this table differ in no cost that is known.</p>')
        return None
    counted = {str(cost.column) for cost in known.values() if cost.column}
    columns = {str(column): column for column in table.columns if str(column) not in counted}
    left, right = st.columns(2)
    quality = address.choose(
        "Quality",
        "quality",
        list(columns),
        default=str(table.primary),
        shown=lambda name: title(columns[name]),
        place=left,
    )
    first = next((name for name in known if name != WALL), WALL)
    words = {name: f"{cost.title}, {cost.unit}" if cost.unit else cost.title for name, cost in known.items()}
    cost = address.choose(
        "Cost", "cost", list(known), default=first, shown=lambda name: clean(words[name]), place=right
    )
    return columns[quality], known[cost]


def main() -> None:
    """Draw the page."""
    heading = st.container()
    everything = board()
    current = [entry for entry in everything.entries if entry.current]
    table = everything.table(choose_tables(everything, current)[0])
    condition = f" ({table.condition})" if table.setting else ""
    st.session_state["title"] = f"{table.title}: quality against cost"
    draw("<h1>{}: quality against cost</h1>", f"{table.title}{condition}", place=heading)
    table = choose_field(table)
    chosen = choose_axes(table)
    if chosen is None:
        return
    made = tradeoff(table, *chosen)
    if not made.points:
        draw('<p role="status">No row has both.</p>')
        return
    draw_front(table, *chosen, made)
    front_chart(table, *chosen, made)
    draw_points(table, *chosen, made)
    draw_curves(made, "hypervolume" in table.primary.metric)
    draw("<p>{}</p>", link("The whole table", table_href(table)))
    draw_sharing(of_table(table, everything))


main()

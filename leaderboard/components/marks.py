"""Marks of a row: whose it is, the state of its submission, and what came of running it again, each as a sign and text.

A badge is a word with a shape before it, in one colour on every page; what is behind it shows when it is pointed at,
and stands as text on the page of its method and run.
"""

from __future__ import annotations

from markupsafe import Markup

from suite.board.badges import ISOLATION, badge, told, told_again, told_elsewhere
from suite.board.model import Row, Table

from .cells import Cell
from .escape import clean
from .prose import definitions, fill, join, text
from .theme import Look

GOOD = Look("#1a7f4b", "#5fce92", "square", "✔")
BAD = Look("#b3261e", "#ff8a80", "cross", "✘")
OPEN = Look("#5b6270", "#a9b1bf", "diamond", "◌")
LOOKS = {
    **dict.fromkeys(("equal", "within tolerance", "reproduced"), GOOD),
    **dict.fromkeys(("different", "disputed", "withdrawn"), BAD),
    **dict.fromkeys(("cannot", "submitted", "validated"), OPEN),
}
SOURCE = (
    "Whose runs the row is made of: of this store (own), of a file that was merged into it, or published with a "
    "submission; and what the submission is: submitted, validated, reproduced, disputed, withdrawn."
)
AGAIN = (
    "What came of running the row's cells again: equal, within tolerance, different, or cannot. Only rows whose method "
    "was kept apart from labels and scores, and the suite's own methods, have one."
)


def sign(name: str, about: str = "") -> Markup:
    """Return a state or a verdict with its shape in its colour; ``about`` shows when it is pointed at."""
    look = LOOKS.get(name.partition(",")[0], OPEN)
    colour = f"light-dark({look.light}, {look.dark})"
    return fill(
        '<span class="status" title="{}"><span aria-hidden="true" style="color:{}">{}</span> {}</span>',
        *(clean(about), colour, look.sign, name),
    )


def source(row: Row) -> Cell:
    """Return whose a row is; on hover by whom, when and on what it was made."""
    about = "; ".join(map(told, row.origins))
    state = sign(row.state) if row.state and row.state != "submitted" else ""
    return Cell(row.source or "own", state, title=clean(about))


def again(row: Row) -> Cell:
    """Return the badge of a row, and how its method ran."""
    said = badge(row)
    shown = sign(said, told_again(row.again)) if said and row.again else ""
    return Cell(shown, row.isolation, title=ISOLATION[row.isolation])


def about_row(table: Table, row: Row) -> Markup:
    """Return all that is known of where a row comes from, as definitions."""
    metric = table.metric(table.primary.metric)
    lines: dict[str, object] = {"Runs": join([text(told(origin)) for origin in row.origins], "; ")}
    lines["Kept apart"] = f"{row.isolation}: {ISOLATION[row.isolation]}" if row.isolation else ""
    lines["Run again"] = told_again(row.again) if row.again else "nobody has, here"
    lines["Elsewhere"] = join([text(told_elsewhere(metric, other)) for other in row.elsewhere], "; ")
    return definitions({name: said for name, said in lines.items() if said})

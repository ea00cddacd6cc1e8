"""What pages of the site say once for all rows: why they are not ranked; and bounds in the unit that is shown."""

from __future__ import annotations

from suite.board.model import Track
from suite.contracts import Metric
from suite.export.table_page import TablePage
from suite.export.tasks import task_content

from ..leaderboard.conftest import board_with, row, table


def test_rows_that_share_a_reason_share_a_line() -> None:
    lacking = tuple(row(f"m{number}", None, 0.5, unranked="seeds 0, 1 are not done") for number in range(34))
    made = table("demo/tiny", "a", rows=(row("alpha", 1, 0.9), *lacking))
    (entry,) = board_with(made).entries
    page = TablePage(entry, made, Track(name="demo", title="Demo", question=""), (), "")
    ((reason, labels),) = page._ranks(made.rows)["unranked"]
    assert reason == "seeds 0, 1 are not done (34)"
    assert labels.split(", ") == [f"m{number}" for number in range(34)]


def test_bounds_are_said_in_the_unit_that_is_shown() -> None:
    share = Metric(name="share", direction="higher", unit="fraction", bounds=(0.0, 1.0), definition="A share of all.")
    made = table("demo/tiny", "a", metrics=(share, *table("demo/tiny", "a").metrics))
    said = dict(task_content(made, board_with(made).entries, "0")["metrics"])
    assert said["share"] == "A share of all. (%, higher is better, 0 to 100)"

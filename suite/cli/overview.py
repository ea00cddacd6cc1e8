"""Many tables in short, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from suite.cli.output import Format, echo, print_list

if TYPE_CHECKING:
    from suite.board.model import Entry

MANY = 12
"""So many tables are printed in full; of more there is an overview."""
NAMES = 3


def print_overview(entries: Sequence[Entry], source: str) -> None:
    """Print of each table how many rows it has of ``source``, what leads, and with how many others."""
    from suite.board.badges import is_of
    from suite.contracts import Setting

    rows, count = [], 0
    for entry in entries:
        shown = [result for result in entry.results if is_of(result, source)]
        if not shown:
            continue
        count += len(shown)
        tied = [result.label for result in shown if result.tied]
        best = next((result for result in shown if result.place == 1), None)
        more = f" and {len(tied) - NAMES} more" if len(tied) > NAMES else ""
        rows.append(
            {
                "task": entry.task,
                "setting": str(Setting(entry.setting)),
                "rows": len(shown),
                "best": "-" if best is None or best.mean is None else f"{entry.metric.shown(best.mean):.4g}",
                "in": f"{entry.primary} ({entry.metric.shown_unit})",
                "not told apart from the best": f"{', '.join(tied[:NAMES])}{more}",
            }
        )
    if not rows:
        return
    print_list(rows, Format.table)
    echo(f"{count} rows in {len(rows)} tables; one in full: suite board --task TASK")
    echo("all in full: suite board --task '*'; other settings: --all-settings; as data: --format json or csv")

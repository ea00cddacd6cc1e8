"""The comment on a pull request, from a review that anybody may have written.

Every text of the review is hostile. It is shown inside of ``<code>``, with all but letters and digits written as
character references, so that it can make no link, picture, mention or table of its own.
"""

from __future__ import annotations

import json
import re
from typing import Any

MARKER = "<!-- basin-suite: review of submissions -->"
LONGEST = 60_000  # GitHub takes 65,536 signs
TEXT, CHANGES, PROBLEMS, ROWS = 200, 20, 20, 100
KINDS = ("added", "changed", "removed")
FIELDS = ("task", "setting", "column", "method", "seeds", "value", "rank", "difference", "best", "best_value", "why")


class Hostile(Exception):
    """The review is not what `suite submit review` writes."""


def comment(content: bytes) -> str:
    """Return the comment for the bytes of a review.json.

    Raises:
        Hostile: they are none.
    """
    try:
        review = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Hostile("review.json is no JSON") from error
    if _field(review, "format", int) != 1:
        raise Hostile("review.json has another format")
    changes = _field(review, "changes", list)[:CHANGES]
    lines = [MARKER, "### Submissions in this pull request", ""]
    lines += [line for change in changes for line in _change(change)] or ["No submission is changed."]
    if left := _field(review, "left", int):
        lines += ["", f"**{_whole(left)} more were not looked at.** Send them in pull requests of their own."]
    for change in changes:
        lines += _table(_field(change, "name", str), _field(change, "rows", list))
    lines += ["", "Made by `suite submit review` from the base branch; no code of this pull request was run."]
    return _cut(lines)


def _change(change: Any) -> list[str]:
    kind, problems = _field(change, "kind", str), _field(change, "problems", list)
    if kind not in KINDS:
        raise Hostile("a change is of no known kind")
    fine = _field(change, "ok", bool) and not problems
    verdict = "fine" if fine else f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
    runs = f", {_whole(_field(change, 'runs', int))} runs" if fine else ""
    lines = [f"- {'✅' if fine else '❌'} {code(_field(change, 'name', str))}, {kind}: {verdict}{runs}"]
    for problem in problems[:PROBLEMS]:
        place, cause = code(_field(problem, "place", str)), code(_field(problem, "cause", str))
        lines.append(f"  - {place}: {cause}; next: {code(_field(problem, 'next', str))}")
    return lines


def _table(name: str, rows: list[Any]) -> list[str]:
    if not rows:
        return []
    head = ["| task | method | score | rank | to the best | the best |", "|---|---|---|---|---|---|"]
    return ["", f"#### {code(name)} on the board", "", *head, *(_row(row) for row in rows[:ROWS])]


def _row(row: Any) -> str:
    task, setting, column, method, seeds, value, rank, difference, best, best_value, why = (
        _field(row, name, str) for name in FIELDS
    )
    tied = ", tied with the best" if _field(row, "tied", bool) else ""
    cells = (
        f"{code(f'{task} {setting}')} {code(column)}",
        f"{code(method)}, {code(seeds)}",
        code(value),
        f"{code(rank)} of {_whole(_field(row, 'field', int))}{tied}" if rank else code(why),
        code(difference),
        f"{code(best)} {code(best_value)}",
    )
    return f"| {' | '.join(cells)} |"


def code(text: str) -> str:
    """Return a text as one piece of code, in which nothing of it has a meaning."""
    line = " ".join(text[: 4 * TEXT].split())
    line = "".join(sign for sign in line if sign.isprintable())
    cut = line if len(line) <= TEXT else f"{line[:TEXT]}…"
    return f"<code>{re.sub(r'[^A-Za-z0-9 ]', lambda sign: f'&#{ord(sign[0])};', cut) or '&#8211;'}</code>"


def _whole(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise Hostile("a count is none")
    return str(value)


def _field(part: Any, name: str, kind: type) -> Any:
    value = part.get(name) if isinstance(part, dict) else None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Hostile(f"{name} is missing, or not of its kind")
    return value


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _cut(lines: list[str]) -> str:
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > LONGEST:
            return "\n".join([*kept, "", "The rest is in the artifact of the workflow."])
        kept.append(line)
    return "\n".join(kept)

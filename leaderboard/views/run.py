"""One run as a report: its answer, how to make it again, its samples, its scores, and what it was made with."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from suite.board.badges import ISOLATION, told
from suite.board.marks import is_built_in, machine, published_origin
from suite.board.model import Origin
from suite.contracts import Setting
from suite.errors import SuiteError
from suite.store.reading import NoSuchRun, SeveralRuns
from suite.store.rows import Reproduction, RunRow
from suite.text import block

from ..components import address
from ..components.again import draw_again
from ..components.box import opened
from ..components.citation import draw_sharing
from ..components.links import href
from ..components.marks import sign
from ..components.pictures import draw_samples
from ..components.prose import definitions, draw, fill, join, link
from ..components.record import pretty, provenance, spent
from ..components.scores import draw_scores
from ..components.siblings import draw_answer
from ..components.source import archive, registry, without_paths


@dataclass(frozen=True)
class Found:
    """A run, all attempts at its cell, what came of running it again, and where it is published if it is not here."""

    run: RunRow
    attempts: list[RunRow]
    again: list[Reproduction]
    origin: Origin | None


STATES = {"done": "Done", "running": "Still running", "stale": "Its worker is gone", "late": "Its worker is late"}


def find(prefix: str) -> Found | None:
    """Return the run whose id starts so, and what belongs to it; if there is not one, say so and return None."""
    try:
        store = archive()
    except SuiteError as error:
        _draw_problem(error)
        return None
    try:
        run = store.run(prefix)
        owner = None if store.is_own(run) else store.published_as(run)
        origin = published_origin(owner, run) if owner else None
        return Found(run, store.attempts(run.cell.id), store.reproductions(run.id), origin)
    except SuiteError as error:
        _draw_problem(error)
        return None
    finally:
        store.close()


def _draw_problem(error: SuiteError) -> None:
    """Say why no run is shown: there is none, there are several, or the store cannot be read now."""
    advice = "Methods' pages link to their runs."
    if isinstance(error, NoSuchRun):
        title = "Not found"
    elif isinstance(error, SeveralRuns):
        title, advice = "Several runs", "Give more of the id."
    else:
        title, advice = "This run cannot be read now", "The board's other pages still work; try again later."
    st.session_state["title"] = title
    draw('<h1>{}</h1><p role="alert">{}. {}</p>', title, _sentence(without_paths(error.cause)), advice)


def draw_heading(run: RunRow) -> None:
    """Draw what was run, and how it ended."""
    cell, tasks = run.cell, registry().tasks
    title = tasks[cell.task].title if cell.task in tasks else cell.task
    setting = f"({Setting(cell.setting)})" if cell.setting else ""
    name = cell.method.partition("/")[2]
    st.session_state["title"] = f"{name} on {title}, seed {cell.seed}"
    of_method, of_task = link(name, href("method", method=cell.method)), link(title, href("task", id=cell.task))
    draw(
        "<h1>{} on {} {}, seed {}</h1>" if setting else "<h1>{} on {}{}, seed {}</h1>",
        of_method,
        of_task,
        setting,
        cell.seed,
    )
    ended = f", {run.ended:%Y-%m-%d %H:%M} UTC" if run.ended else ""
    versions = f"method version {cell.method_version}, task version {cell.task_version}"
    draw("<p class='quiet'>{}{} · run <code>{}</code> · {}</p>", _state(run), ended, run.id, versions)
    if run.error:
        draw('<p class="note" role="alert">{}</p>', "It has no scores, and this is why:")
        st.code(block(run.error), language=None, wrap_lines=True)
    if run.traceback:
        with st.expander("Traceback", expanded=run.state != "done"):
            st.code(block(run.traceback), language=None)


def draw_record(run: RunRow) -> None:
    """Draw parameters, cost, machine, versions, and the command of which it was a part."""
    draw("<h2>How it was made</h2>{}", definitions(provenance(run), "facts"))
    draw("<h3>Cost</h3>{}", definitions(spent(run), "facts"))
    parameters = {name: str(value) for name, value in run.cell.parameters.items()}
    draw("<h3>Parameters</h3>{}", definitions(parameters, "facts") or "None.")
    if run.tuning and (box := opened("Tuning: what was chosen, by what, and every trial", "tuning")):
        box.code(pretty(run.tuning), language="json")
    if run.command:
        draw("<p class='quiet'>It was made by the command <code>suite {}</code>.</p>", shlex.join(run.command))


def draw_origin(found: Found) -> None:
    """Say whose run it is, how its method was kept from labels and scores, and what came of running it again."""
    run = found.run
    came = run.origin or {}
    whose = f"merged from {came.get('file')}{f' by {by}' if (by := came.get('by')) else ''}" if came else "own run"
    said = {"Run": told(found.origin) if found.origin else whose}
    built_in = is_built_in(run.cell.method, registry())
    split = bool(run.isolation and run.isolation.get("split"))
    said["Kept apart"] = ISOLATION["split" if split else "fast path" if built_in else "not split"]
    lines = [_said_again(each) for each in found.again]
    draw("{}", definitions({**said, "Run again": join(lines, "; ") if lines else "nobody has, here"}, "facts"))


def _said_again(each: Reproduction) -> Markup:
    by = f" by {each.reproducer}" if each.reproducer else ""
    where = machine(each.environment) or each.device or "a machine that is not known"
    return fill("{}{}, {} UTC, on {}: {}", sign(each.verdict), by, str(each.made)[:16], where, each.reason)


def draw_attempts(run: RunRow, attempts: Sequence[RunRow]) -> None:
    """Draw links to the other attempts at the same cell."""
    others = [each for each in attempts if each.id != run.id]
    links = [fill("{}, {}", link(f"attempt {each.attempt}", href("run", run=each.id)), each.state) for each in others]
    if links:
        draw("<p>This is attempt {} at the same cell; there is also {}.</p>", run.attempt, join(links, "; "))


def main() -> None:
    """Draw the page."""
    prefix = address.read("run").strip()
    found = find(prefix) if prefix else None
    if found is None:
        if not prefix:
            draw("<h1>Runs</h1><p>Methods' pages link to their runs; so does an id, or the start of one.</p>")
        address.type_text("Run id, or the start of one", "run")
        return
    run = found.run
    draw_heading(run)
    draw_origin(found)
    draw_attempts(run, found.attempts)
    answer = st.container()
    draw_again(run)
    draw_samples(run, own=found.origin is None)
    if run.scores:
        draw_scores(run, registry())
    draw_record(run)
    draw_sharing({})
    with answer:  # last: it needs the board, and all else is there without
        draw_answer(run)


def _state(run: RunRow) -> str:
    return STATES.get(run.state, f"It {'ran out of time' if run.state == 'timeout' else 'ended'}: {run.state}")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


main()

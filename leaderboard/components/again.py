"""How to make a run again: what to install, what to type, and from which data."""

from __future__ import annotations

import streamlit as st

from suite.board.command import command
from suite.board.recipe import install, requirements, revision
from suite.store.rows import RunRow

from .box import opened
from .prose import definitions, draw
from .source import registry


def draw_again(run: RunRow) -> None:
    """Draw the commands that make a run again, and the fingerprints of its data."""
    environment = run.environment or {}
    draw("<h2>Make it again</h2>")
    lines = [line for line in (install(environment), str(command(run.cell, registry()))) if line]
    st.code("\n".join(lines), language="bash", wrap_lines=True)
    commits = {
        "Commit of the suite": revision(environment, "suite"),
        "Commit of the plugin": revision(environment, "plugin"),
    }
    if commits["Commit of the plugin"] == commits["Commit of the suite"]:
        del commits["Commit of the plugin"]
    draw("{}", definitions(commits, "facts"))
    if not environment.get("packages"):
        draw("<p>The versions of its packages were not recorded.</p>")
    data = {name: fingerprint or "was missing" for name, fingerprint in run.ingredients.items()}
    if data:
        draw(
            "<details><summary>Fingerprints of data and reference models ({})</summary>{}</details>",
            len(data),
            definitions(data, "facts"),
        )
    pinned = requirements(environment)
    if pinned and (box := opened(f"All {pinned.count('==')} packages, as a requirements file", "packages")):
        box.code(pinned, language=None)

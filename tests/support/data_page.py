"""The tables of docs/data.md, from what tasks require and datasheets say.

``python -m tests.support.data_page`` writes them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from suite.benchmarks.datasheets import SHEETS
from suite.contracts import Ingredient
from suite.data.datasheet import origin
from suite.registry import load_registry

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data.md"
BEGIN, END = "<!-- generated: data sets -->\n", "<!-- end -->"


def required() -> dict[str, dict[str, tuple[Ingredient, set[str]]]]:
    """Return each built-in data set and the tasks that require it, by origin and name."""
    found: dict[str, dict[str, tuple[Ingredient, set[str]]]] = defaultdict(dict)
    for entry in load_registry().tasks:
        task = entry.value()
        for seed in task.seeds:
            for each in task.requires(seed):
                if each.kind == "data":
                    found[origin(each)].setdefault(each.name, (each, set()))[1].add(task.id)
    return found


def tables() -> str:
    """Return both tables as Markdown."""
    found = required()
    sources = ["| source | what | made by | licence | tasks |", "|---|---|---|---|---|"]
    sets = ["| data set | source and split | rows | sha256 |", "|---|---|---|---|"]
    for name in sorted(found, key=str.lower):
        sheet = SHEETS[name]
        note = f" {sheet.note}" if sheet.note else ""
        tasks = sorted({task for _, of in found[name].values() for task in of})
        sources.append(f"| `{name}` | {sheet.title}.{note} | {sheet.maker} | {sheet.licence} | {_listed(tasks)} |")
        for pattern, names in _alike(found[name]).items():
            content = sheet.content(found[name][names[0]][0]) if len(names) == 1 else None
            rows, sha256 = (f"{content.rows:,}", f"`{content.sha256[:16]}`") if content else ("", "")
            sets.append(f"| {pattern} | {_place(found[name][names[0]][0], name)} | {rows} | {sha256} |")
    return "\n".join([*sources, "", *sets, ""])


def _alike(sets: dict[str, tuple[Ingredient, set[str]]]) -> dict[str, list[str]]:
    """Return names by what they have in common: those of one class, or that differ in a number, in one line."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, (data, _) in sorted(sets.items()):
        source = getattr(data, "source", None)
        made = type(source or data).__name__
        whole = hasattr(source, "repository") or made == "Embedded"
        groups[
            made, name if whole else re.sub(r"-\d+$", "-SEED", name) if source and made != "Corrupted" else ""
        ].append(name)
    return {
        f"`{names[0]}`" if len(names) == 1 else f"`{key}`" if key else ", ".join(f"`{each}`" for each in names): names
        for (_, key), names in groups.items()
    }


def _place(data: Ingredient, name: str) -> str:
    source = getattr(data, "source", data)
    made = ""
    while hasattr(source, "source"):
        made, source = f", {type(source).__name__.lower()} by the suite", source.source
    split = f" {source.split}" if hasattr(source, "split") else ""
    at = f" at `{source.revision[:12]}`" if getattr(source, "revision", None) else ""
    return f"{name}{split}{at}{made}"


def _listed(tasks: list[str]) -> str:
    return ", ".join(f"`{task}`" for task in tasks)


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{tables()}{END}{rest.split(END)[1]}", encoding="utf-8")

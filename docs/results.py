"""Fills the tables of published results in ``docs/*.md``: ``python docs/results.py``, in a checkout.

``python docs/results.py --check`` writes nothing, and ends with 1 if a table is not what the board gives, or has
results and no marker. CONTRIBUTING.md says how a marker is written.
"""

from __future__ import annotations

import sys
from pathlib import Path

from suite.errors import SuiteError
from suite.files import write_text_atomic
from suite.reference.results import published
from suite.reference.results.regions import refilled, unmarked
from suite.registry import load_registry

DOCS = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    """Fill the pages or, with ``--check``, say what is stale; return the exit status."""
    board, check, wrong = published(load_registry()), arguments == ["--check"], []
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        name = f"docs/{page.name}"
        filled, stale = refilled(text, board, name)
        wrong += [f"{name}:{line}: a table of results without a marker; see CONTRIBUTING.md" for line in unmarked(text)]
        if check:
            wrong += [f"{name}:{each.line}: not what the board gives: python docs/results.py" for each in stale]
        elif filled != text:
            write_text_atomic(page, filled)
            print(f"{name}: {len(stale)} tables written")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SuiteError as error:
        sys.exit(f"error: {error}")

"""Scripts that Streamlit runs: where its magic is on, it draws every text and value that stands alone in them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import suite.leaderboard

FOLDER = Path(suite.leaderboard.__file__).parent
SCRIPTS = [FOLDER / "app.py", *sorted((FOLDER / "views").glob("[!_]*.py"))]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_nothing_stands_alone_in_a_script_but_its_docstring_and_calls(script: Path) -> None:
    alone = [node.value for node in ast.parse(script.read_text()).body[1:] if isinstance(node, ast.Expr)]
    assert [ast.unparse(value) for value in alone if not isinstance(value, ast.Call)] == []

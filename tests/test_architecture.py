"""docs/architecture.md is what the code is: its floors are import-linter's, and its files exist."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return TEXT.split(f"## {title}\n")[1].split("\n## ")[0]


def test_the_floors_are_the_layers_of_import_linter() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract.get("containers") == ["suite"]]
    rows = re.findall(r"^\| (`.*?`) \|", section("The floors"), re.MULTILINE)
    assert [re.findall(r"`(\w+)`", row) for row in rows] == [layer.split(" | ") for layer in layers]


def test_a_cell_has_eight_steps_and_each_has_a_file() -> None:
    steps = re.findall(r"^\| (\d)\. .* \| `(suite/\S+\.py)` \|$", section("The life of a cell"), re.MULTILINE)
    assert [number for number, _ in steps] == list("12345678")
    assert [file for _, file in steps if not (ROOT / file).is_file()] == []


def test_every_path_that_is_named_exists() -> None:
    named = {
        path.replace("TRACK", "ood") for path in re.findall(r"`((?:suite|plugins|benchmarks|leaderboard)/\S*?)`", TEXT)
    }
    assert len(named) > 15
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_a_method_that_does_what_its_base_says_leaves_it_to_the_base() -> None:
    """It is marked as an override, and has no docstring that only points there."""
    pointing = re.compile(r"^See `(?:\w+\.)*(\w+)`\.$")
    texts = {file: file.read_text(encoding="utf-8") for file in (ROOT / "suite").rglob("*.py")}
    found = []
    for file, text in texts.items():
        for kind in ast.walk(ast.parse(text)) if '"""See `' in text else ():
            if isinstance(kind, ast.ClassDef):
                bases = {ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in kind.bases}
                for method in (each for each in kind.body if isinstance(each, ast.FunctionDef)):
                    match = pointing.match(ast.get_docstring(method) or "")
                    found += [f"{file.name}: {kind.name}.{method.name}"] if match and match[1] in bases else []
    assert found == []

"""The files for people who contribute: they name what there is."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FINDINGS = sorted((ROOT / "findings").glob("*.sh"))


def test_the_citation_is_of_this_version_and_licence() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert str(citation["version"]) == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert citation["abstract"].strip().rstrip(".") == PROJECT["description"]


def test_the_chores_are_those_that_are_listed() -> None:
    tree = ast.parse((ROOT / "noxfile.py").read_text())
    sessions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    named = re.findall(r"^\| `nox -s (\w+)`", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert sessions == named == ["fast", "slow", "lint", "types", "docs"]


def test_the_chores_do_what_ci_does() -> None:
    chores, ci = ((ROOT / name).read_text() for name in ("noxfile.py", ".ci/run"))
    called = [
        re.findall(r'"([^"]+)"', call) for call in re.findall(r"session\.run\(([^*)]*?)(?:, env=.*)?\)\n", chores)
    ]
    commands = [" ".join(words) for words in called if words[0] != "pytest"]
    linted = ["ruff check .", "ruff format --check .", "lint-imports", "towncrier build --draft --version next"]
    assert commands == [*linted, "mypy", "mkdocs build --strict"]
    assert [command for command in commands if command not in ci] == []


def test_a_path_of_a_machine_is_found_before_the_commit() -> None:
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    hooks = {hook["id"]: hook for hook in repository["hooks"]}
    pattern = re.compile(hooks["own-paths"]["entry"])
    assert pattern.search("see /home/ada/data")
    assert pattern.search('"/Users/ada"')
    assert not pattern.search("https://example.org/home/ada and SUITE_HOME/home/x")


@pytest.mark.parametrize("file", FINDINGS, ids=lambda file: file.stem)
def test_a_finding_keeps_to_its_form(file: Path) -> None:
    text = file.read_text()
    head = text.split("\nset -euo pipefail\n")[0]
    assert re.match(r"#!/usr/bin/env bash\n# .*\d+\.\d+", head), "the first line names library and version"
    assert re.search(r"^# (?:.* )?Seen: ", head, re.MULTILINE)
    assert "Fails when that changes." in " ".join(head.replace("\n# ", " ").split())
    assert "trap 'rm -rf \"$folder\"' EXIT" in text
    assert not re.findall(r"pip\"? install[^\n]*\"[\w-]+\"", text), "versions are exact"

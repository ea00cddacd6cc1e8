"""The workflow of docs/export.md can be copied: it is valid, and its commands are ours."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from suite.cli.main import app

PAGE = Path(__file__).parent.parent.parent / "docs" / "export.md"


@pytest.fixture
def workflow() -> dict[Any, Any]:
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    document = yaml.safe_load(text)
    assert isinstance(document, dict)
    return document


def test_it_has_what_github_pages_asks_for(workflow: dict[Any, Any]) -> None:
    assert set(workflow) == {"name", True, "permissions", "concurrency", "jobs"}  # YAML 1.1 reads "on" as true
    assert workflow["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    build, deploy = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    assert deploy["needs"] == "build"
    assert deploy["environment"]["name"] == "github-pages"
    used = [step["uses"] for job in (build, deploy) for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used)
    assert [action.split("@")[0] for action in used] == [
        "actions/checkout",
        "actions/setup-python",
        "actions/cache",
        "actions/configure-pages",
        "actions/upload-pages-artifact",
        "actions/deploy-pages",
    ]


def test_what_is_exported_is_what_is_uploaded_and_what_is_run_is_what_is_kept(workflow: dict[Any, Any]) -> None:
    build = workflow["jobs"]["build"]
    inputs = {step["uses"].split("@")[0]: step.get("with", {}) for step in build["steps"] if "uses" in step}
    (command,) = [step["run"] for step in build["steps"] if step.get("run", "").startswith("suite export")]
    assert shlex.split(command)[2] == inputs["actions/upload-pages-artifact"]["path"]
    assert build["env"]["SUITE_HOME"].endswith(f"/{inputs['actions/cache']['path']}")
    known = {step["id"] for job in workflow["jobs"].values() for step in job["steps"] if "id" in step}
    assert set(re.findall(r"steps\.(\w+)\.", PAGE.read_text())) == known


def test_its_commands_are_parsed(workflow: dict[Any, Any]) -> None:
    runs = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    ours = [command for command in runs if command.startswith("suite ")]
    assert [command.split()[1] for command in ours] == ["run", "export"]
    for command in ours:
        parser = get_command(app)
        context = parser.make_context("suite", shlex.split(command)[1:])
        name, verb, words = parser.resolve_command(context, [*context._protected_args, *context.args])
        assert not verb.make_context(name, words, parent=context).args

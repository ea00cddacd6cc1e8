"""The workflows keep the rules that make them safe for pull requests of strangers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

GITHUB = Path(__file__).resolve().parent.parent.parent / ".github"
FILES = sorted((GITHUB / "workflows").glob("*.yml"))
WRITES = {"comment.yml": {"pull-requests"}, "release.yml": {"id-token"}}
"""What may be written where: none of them runs for a pull request itself."""


def workflow(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(file.read_text())
    document["on"] = document.pop(True)  # YAML 1.1 reads the key `on` so
    return document


def steps(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in document["jobs"].values() for step in job["steps"]]


def texts(part: Any) -> list[str]:
    """Return every text of a document."""
    if isinstance(part, dict):
        return [text for value in part.values() for text in texts(value)]
    return [text for value in part for text in texts(value)] if isinstance(part, list) else [str(part)]


def test_there_are_these_and_no_others() -> None:
    assert [file.stem for file in FILES] == ["comment", "oldest", "release", "submission", "tests"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
class TestEvery:
    def test_no_code_of_a_pull_request_runs_where_something_may_be_written(self, file: Path) -> None:
        document = workflow(file)
        assert "pull_request_target" not in document["on"]
        if file.name in WRITES:
            assert document["on"].keys() == {"workflow_run"} or document["on"] == {"push": {"tags": ["v*"]}}
            for step in steps(document):
                assert not {"ref", "repository"} & set(step.get("with", {})), "only the default branch is checked out"
                assert "allow-unsafe-pr-checkout" not in step.get("with", {})

    def test_nothing_is_allowed_but_what_a_job_needs(self, file: Path) -> None:
        document = workflow(file)
        assert document["permissions"] == {}
        for job in document["jobs"].values():
            writes = {name for name, right in job["permissions"].items() if right != "read"}
            assert writes in (set(), WRITES.get(file.name, set()))
            assert job["permissions"]["contents"] == "read"

    def test_there_is_no_secret(self, file: Path) -> None:
        assert "secrets." not in file.read_text()
        if file.name not in WRITES:
            assert "github.token" not in file.read_text()

    def test_no_shell_is_given_a_text_of_the_event(self, file: Path) -> None:
        for step in steps(workflow(file)):
            assert "${{" not in step.get("run", "")
            if "github-script" in step.get("uses", ""):
                pytest.fail("a script of github-script is a shell, too")

    def test_what_is_taken_from_the_event_is_no_free_text(self, file: Path) -> None:
        taken = {name for text in texts(workflow(file)) for name in re.findall(r"github\.event\.[\w.]+", text)}
        numbers_and_hashes = {
            "github.event.pull_request.number",
            "github.event.pull_request.base.sha",
            "github.event.workflow_run.id",
            "github.event.workflow_run.head_sha",
            "github.event.workflow_run.event",
        }
        assert taken <= numbers_and_hashes

    def test_every_action_is_pinned_by_its_hash(self, file: Path) -> None:
        for line in re.findall(r"uses:.*", file.read_text()):
            assert re.fullmatch(r"uses: actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)

    def test_no_credential_is_left_in_a_checkout(self, file: Path) -> None:
        for step in steps(workflow(file)):
            if "actions/checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False

    def test_no_job_runs_for_ever(self, file: Path) -> None:
        assert all(job["timeout-minutes"] <= 90 for job in workflow(file)["jobs"].values())


def test_the_tool_is_that_of_the_base_and_never_the_pull_requests() -> None:
    document = workflow(GITHUB / "workflows" / "submission.yml")
    tool, proposed = [step["with"] for step in steps(document) if "actions/checkout" in step.get("uses", "")]
    assert tool["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert proposed["sparse-checkout"] == "submissions"
    runs = [step for step in steps(document) if "run" in step]
    assert all(step["working-directory"] == tool["path"] for step in runs)
    assert sum(f"../{proposed['path']}/submissions" in step["run"] for step in runs) == 1
    assert not re.search(r"(pip|python|bash|sh)\b[^\n]*\.\./proposed", "\n".join(step["run"] for step in runs))


def test_the_right_to_publish_is_given_to_no_code_of_the_repository() -> None:
    jobs = workflow(GITHUB / "workflows" / "release.yml")["jobs"]
    assert [name for name, job in jobs.items() if "id-token" in job["permissions"]] == ["publish"]
    assert jobs["publish"]["needs"] == "build"
    assert jobs["publish"]["environment"] == "pypi"
    assert [step for step in jobs["publish"]["steps"] if "checkout" in step.get("uses", "")] == []
    runs = "\n".join(step.get("run", "") for step in jobs["publish"]["steps"])
    assert re.findall(r"pip install (.*)", runs) == ['--quiet "twine>=6.1"']


def test_the_comment_follows_the_workflow_that_makes_the_review() -> None:
    document = workflow(GITHUB / "workflows" / "comment.yml")
    assert document["on"]["workflow_run"]["workflows"] == [workflow(GITHUB / "workflows" / "submission.yml")["name"]]
    assert document["jobs"]["comment"]["if"] == "github.event.workflow_run.event == 'pull_request'"


def test_there_is_a_form_for_each_kind_of_issue() -> None:
    forms = {file.stem for file in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml")}
    assert forms == {"bug", "config", "dispute", "method", "task"}


@pytest.mark.parametrize("file", sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml")), ids=lambda file: file.name)
def test_every_template_is_a_form(file: Path) -> None:
    document = yaml.safe_load(file.read_text())
    if file.name == "config.yml":
        assert set(document) == {"blank_issues_enabled"}
        return
    assert {"name", "description", "labels", "body"} == set(document)
    fields = [field for field in document["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields)
    assert all(field["attributes"]["label"] for field in fields)

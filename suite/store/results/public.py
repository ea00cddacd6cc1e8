"""A run as it is published: without what tells of a machine and its user, and says nothing of the scores."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from suite.store.rows import RunRow

PUBLIC = re.compile(r"^https://[A-Za-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9._/~-]{1,200}\Z")
"""The origin of a repository that anybody can reach."""
_PATH = re.compile(r"(?<![\w.:/])(~|[A-Za-z]:)?[/\\][\w.~-]+([/\\][\w.~@+-]*)+")
"""A path on a disk, of two folders at least: a task's name is none."""


def public(run: RunRow) -> RunRow:
    """Return a run without the host's name, its processes, tracebacks and paths.

    Processor, cores, memory, system, Python, packages and commits stay: they are what scores may depend on.
    """
    return replace(
        run,
        owner="",
        error=None if run.error is None else _PATH.sub("…", run.error),
        traceback=None,
        command=None if run.command is None else [_PATH.sub("…", word) for word in run.command],
        environment=None if run.environment is None else _environment(run.environment),
    )


def _environment(document: dict[str, Any]) -> dict[str, Any]:
    told = dict(document)
    if isinstance(told.get("machine"), dict):
        told["machine"] = {name: value for name, value in told["machine"].items() if name != "host"}
    for part in ("suite", "plugin"):
        if isinstance(told.get(part), dict):
            told[part] = _code(told[part])
    return told


def _code(part: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a distribution; where a repository lies only if anybody can reach it."""
    git = part.get("git")
    if not isinstance(git, dict) or PUBLIC.match(str(git.get("origin") or "")):
        return part
    return {**part, "git": {name: value for name, value in git.items() if name != "origin"}}

"""A pytest plugin that writes how each check ended as a line of JSON, into the pipe of ``suite check``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from suite.contracts.returned import WrongReturn

VARIABLE = "SUITE_CHECK_PIPE"
"""The number of the pipe, which this process has inherited."""
WRONG = f"{WrongReturn.__module__}.{WrongReturn.__name__}: "
KIT = Path(__file__).parent


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Report what could not be collected."""
    if report.failed:
        _write(contract="", check="the contract tests can be collected", outcome="failed", **_why(report.longrepr))


def pytest_runtest_logstart(nodeid: str) -> None:
    """Report which check has started, so that one knows where a process died."""
    _write(**_name(nodeid), outcome="started")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Report a check: once its body has run, or what came before it has failed, or what comes after it."""
    if report.when == "call" or not report.passed:
        _write(**_name(report.nodeid), outcome=report.outcome, seconds=report.duration, **_why(report.longrepr))


def pytest_sessionfinish() -> None:
    """Report that nothing more comes."""
    _write(outcome="finished")


def _name(nodeid: str) -> dict[str, str]:
    _, contract, check = nodeid.split("::", 2)
    return {"contract": contract.removeprefix("Test"), "check": check.removeprefix("test_").replace("_", " ")}


def _why(told: Any) -> dict[str, str]:
    """Return the first line of what went wrong, where it did unless that is in the kit, and all of it."""
    if told is None:
        return {"message": "", "detail": ""}
    if isinstance(told, tuple):  # of a skipped check: file, line, reason
        return {"message": str(told[2]).removeprefix("Skipped: "), "detail": ""}
    crash = getattr(told, "reprcrash", None)
    if crash is None:
        return {"message": (str(told).strip().splitlines() or [""])[-1], "detail": str(told)}
    first = (crash.message.strip().splitlines() or [""])[0].removeprefix("AssertionError: ")
    if first.startswith(WRONG):  # the contract's own words
        return {"message": first.removeprefix(WRONG), "detail": str(told)}
    outside = not Path(crash.path).is_relative_to(KIT)
    where = f" ({Path(crash.path).name}:{crash.lineno})" if outside else ""
    return {"message": first + where, "detail": str(told)}


def _write(**line: Any) -> None:
    os.write(int(os.environ[VARIABLE]), (json.dumps(line) + "\n").encode())

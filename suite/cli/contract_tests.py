"""Runs the contract tests of a method by pytest, in a process of its own, and tells how each ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import suite
from suite.settings import Settings

KIT = Path(suite.__file__).parent / "testing"


@dataclass(frozen=True)
class Check:
    """How a check ended: ``passed``, ``failed`` or ``skipped``, why, in a line and in full, and after which time."""

    contract: str
    check: str
    outcome: str
    message: str = ""
    detail: str = ""
    seconds: float = 0.0


def checks(asked: Mapping[str, Any], settings: Settings) -> Iterator[Check]:
    """Yield the checks of a method or a task as they end; the last has failed if the process has died.

    ``asked`` is what `suite.testing.checked` reads: ``{"task": "track/name"}``, or a method with parameters. What the
    checks train is kept in the cache. Whatever a plugin prints is dropped.
    """
    read, write = os.pipe()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # what is installed beside must not change the verdict
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "SUITE_PLUGINS": os.pathsep.join(str(path.absolute()) for path in settings.plugins),
        "SUITE_CHECK": json.dumps(asked),
        "SUITE_CHECK_PIPE": str(write),
    }
    environment.setdefault("SUITE_TEST_CACHE", str(settings.cache_folder / "check"))
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder, "pytest.ini")
        configuration.write_text("[pytest]\n")
        output = Path(folder, "output")
        child = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "pytest", str(KIT / "checked.py"), "-c", str(configuration)),
                *("--rootdir", folder, "--noconftest", "--import-mode=importlib", f"--basetemp={folder}/temporary"),
                *("-p", "suite.testing.reporting", "-p", "no:cacheprovider"),
            ],
            env=environment,
            pass_fds=(write,),
            stdin=subprocess.DEVNULL,
            stdout=output.open("wb"),  # a pipe would be full before anybody reads it
            stderr=subprocess.STDOUT,
        )
        os.close(write)
        yield from _read(read, child, output)


def _read(pipe: int, child: subprocess.Popen[bytes], output: Path) -> Iterator[Check]:
    last: dict[str, Any] = {"contract": "", "check": "the contract tests can start"}
    finished = failed = False
    try:
        with os.fdopen(pipe, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                told = json.loads(line)
                finished = told["outcome"] == "finished"
                if told["outcome"] == "started":
                    last = told
                elif not finished:
                    failed |= told["outcome"] == "failed"
                    yield Check(**told)
        status = child.wait()
        if not finished or (status != 0 and not failed):
            why = f"the process ended with {status}; the checks after this one did not run"
            yield Check(last["contract"], last["check"], "failed", why, output.read_text(errors="replace"))
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()

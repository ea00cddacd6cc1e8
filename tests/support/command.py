"""The command ``suite``, in this process or in one of its own."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from suite.cli.main import main

Done = subprocess.CompletedProcess[str]


class Suite:
    """Runs the command line and captures what it prints.

    In this process it takes hundredths of a second, in one of its own one to two seconds: that is for tests in which
    the process matters, which is killed, confined or started elsewhere.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, templates: Path) -> None:
        self._monkeypatch = monkeypatch
        self._templates = templates

    def __call__(
        self,
        *arguments: str,
        process: bool = False,
        before: tuple[str, ...] = (),
        folder: Path | None = None,
        timeout: float = 300,
        **environment: str,
    ) -> Done:
        """Run ``suite <arguments>`` and return how it ended, with what it printed.

        ``before`` is a prefix of the command, ``folder`` the working directory of the process.
        """
        if not process and not before and folder is None:
            return self._here(arguments, environment)
        return subprocess.run(
            [*before, sys.executable, "-m", "suite", *arguments],
            env={**os.environ, **environment},
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def printed(self, *arguments: str, **how: Any) -> str:
        """Return what a command prints that must end well."""
        done = self(*arguments, **how)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def json(self, *arguments: str, **how: Any) -> Any:
        """Return the JSON that a command prints."""
        return json.loads(self.printed(*arguments, "--format", "json", **how))

    def fill(self, *arguments: str, status: int = 0) -> None:
        """Fill this test's home with what a command leaves there, which runs once for all tests that ask for the same.

        ``status`` is the one with which it must end.
        """
        what = repr((arguments, sorted(item for item in os.environ.items() if item[0].startswith("SUITE_"))))
        home = os.environ["SUITE_HOME"]
        template = self._templates / hashlib.sha256(what.replace(home, "").encode()).hexdigest()[:16]
        if not template.exists():
            done = self(*arguments, SUITE_HOME=str(template))
            assert done.returncode == status, done.stderr + done.stdout
        shutil.copytree(template, home, dirs_exist_ok=True)

    def _here(self, arguments: tuple[str, ...], environment: dict[str, str]) -> Done:
        output, errors, status = io.StringIO(), io.StringIO(), 0
        with self._monkeypatch.context() as patch, contextlib.ExitStack() as stack:
            for name, value in environment.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["suite", *arguments])
            stack.enter_context(contextlib.redirect_stdout(output))
            stack.enter_context(contextlib.redirect_stderr(errors))
            try:
                main()
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        return Done(arguments, status, output.getvalue(), errors.getvalue())

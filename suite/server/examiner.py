"""Having an upload checked: start the process, keep the claim meanwhile, and make a verdict of however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from suite.server.examination import VERDICT, Verdict

TIME_LIMIT = 900.0
RENEWAL = 15.0


class Broken(Exception):
    """The check did not come to a verdict; the message says how it ended.

    ``said`` is what it printed last. It may name paths of this machine, so it is for who runs the worker.
    """

    def __init__(self, cause: str, said: str = "") -> None:
        super().__init__(cause)
        self.said = said


def examined(archive: Path, folder: Path, beside: Path, renew: Callable[[], object]) -> Verdict:
    """Return the verdict on an upload.

    Args:
        archive: the uploaded file.
        folder: an empty folder for what is unpacked.
        beside: the folder of accepted submissions.
        renew: called every `RENEWAL` seconds while the check goes on.

    Raises:
        Broken: the check was killed, crashed, or took too much time.
    """
    command = [sys.executable, "-P", "-m", "suite.server.examination", str(archive), str(folder), str(beside)]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait(process, renew)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode:
        raise Broken(_ending(process.returncode), _last_line(folder / "output"))
    try:
        return Verdict.model_validate_json((folder / VERDICT).read_bytes())
    except (OSError, ValidationError):
        raise Broken("the check ended without a verdict") from None


def _wait(process: subprocess.Popen[bytes], renew: Callable[[], object]) -> None:
    started = renewed = time.monotonic()
    while True:
        try:
            process.wait(timeout=min(0.5, TIME_LIMIT))
            return
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            if now - started > TIME_LIMIT:
                raise Broken(f"the check took more than {TIME_LIMIT:.0f} s") from None
            if now - renewed > RENEWAL:
                renew()
                renewed = now


def _ending(code: int) -> str:
    return (
        f"the check was ended by {signal.Signals(-code).name}" if code < 0 else f"the check failed with status {code}"
    )


def _last_line(output: Path) -> str:
    with output.open("rb") as file:
        file.seek(max(0, output.stat().st_size - 2000))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""

"""The check of one upload, in a process of its own: what is in it can cost this process, and no more than that.

``python -m suite.server.examination ARCHIVE FOLDER BESIDE`` unpacks ``ARCHIVE`` below ``FOLDER``, checks it against the
submissions ``BESIDE``, and writes the verdict to ``FOLDER/verdict.json``. Nothing of the upload is run.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from suite.errors import SuiteError

if TYPE_CHECKING:
    from suite.settings import Settings

VERDICT = "verdict.json"
MEMORY = 6 * 2**30
SHOWN = 5
"""Problems that a reason names."""


class Verdict(BaseModel):
    """What came of a check. ``name`` is that of the submission, once its file could be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: Literal["accepted", "refused"]
    reason: str = ""
    name: str | None = None


def examine(archive: Path, folder: Path, beside: Path, settings: Settings) -> Verdict:
    """Unpack and check an upload; an accepted one lies at ``folder/<name>`` then."""
    from suite.registry import load_registry
    from suite.store.submission import read_submission
    from suite.submit import check, unpack

    try:
        unpacked = unpack(archive, folder)
    except SuiteError as error:
        return Verdict(state="refused", reason=error.cause.replace(f"{archive.name} is refused", "it is refused"))
    submission = read_submission(unpacked).submission
    if submission is not None:
        named = folder / submission.name
        unpacked.rename(named)
        unpacked = named
        if submission.tier != "results":
            cause = "it has code, and only results are taken here: send code as a pull request"
            return Verdict(state="refused", reason=cause, name=submission.name)
    registry = load_registry(settings.plugins, settings.disabled_plugins)
    # A stranger's history may say that he submitted it, and no more; so it is compared with none.
    report = check(unpacked, registry, beside=beside, before=folder / "none")
    name = submission.name if submission else None
    if report.ok:
        return Verdict(state="accepted", name=name)
    problems = [str(problem) for problem in report.problems]
    more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
    return Verdict(state="refused", reason="; ".join(problems[:SHOWN]) + more, name=name)


def main(archive: str, folder: str, beside: str) -> None:
    """Write the verdict. The process gives up all rights first that the check does not need."""
    from suite.files import write_text_atomic
    from suite.run.split.confinement import confine
    from suite.settings import load_settings

    settings = load_settings()
    installed = [Path(entry) for entry in sys.path if entry]
    confine([Path(archive), Path(beside), *settings.plugins, *installed], Path(folder), memory=MEMORY)
    verdict = examine(Path(archive), Path(folder), Path(beside), settings)
    write_text_atomic(Path(folder) / VERDICT, verdict.model_dump_json())


if __name__ == "__main__":
    main(*sys.argv[1:])

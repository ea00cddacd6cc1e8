"""Unpacking a submission that came as one archive: plain files alone, all of them or none."""

from __future__ import annotations

import errno
import secrets
import shutil
from pathlib import Path, PurePosixPath

from suite.errors import SuiteError
from suite.store.submission.reading import FILE
from suite.submit.members import BROKEN, Member, Odd, Opened, opened

OF_THE_ARCHIVE = (None, errno.EINVAL, errno.ENOENT)
"""Numbers of errors of the system that an archive is the cause of: a false checksum of gzip has none."""


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a zip or tar of a submission below ``folder``; return the new folder that holds submission.yaml.

    The archive may have the files at its top, or in one folder. What is not checked here is what they say.

    Raises:
        SuiteError: the archive is refused, and nothing is written.
    """
    made = folder / f".unpacked-{secrets.token_hex(6)}"
    try:
        with opened(archive) as content:
            top = _top(content)
            made.mkdir(parents=True)
            for member in content.members:
                _write(content, member, made / member.path.relative_to(top))
    except (Odd, OSError, *BROKEN) as error:
        shutil.rmtree(made, ignore_errors=True)
        if isinstance(error, OSError) and error.errno not in OF_THE_ARCHIVE:
            raise  # the disk's
        raise SuiteError(
            f"{archive.name} is refused: {error}. Nothing was written",
            place=str(archive),
            next="suite submit pack NAME --archive",
        ) from error
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return made


def _top(content: Opened) -> PurePosixPath:
    holders = [member.path.parent for member in content.members if member.path.name == FILE]
    top = min(holders, key=lambda path: len(path.parts), default=None)
    if top is None or len(top.parts) > 1:
        raise Odd(f"{FILE} is missing: it must be at the top, or in the only folder")
    if stray := [member.path for member in content.members if not member.path.is_relative_to(top)]:
        raise Odd(f"{str(stray[0])!r} lies beside the folder of {FILE}")
    return top


def _write(content: Opened, member: Member, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    left = member.size
    with content.stream(member) as source, target.open("xb") as file:
        while block := source.read(min(2**20, left + 1)):
            left -= len(block)
            if left < 0:
                raise Odd(f"{member.path} is larger than its header says")
            file.write(block)

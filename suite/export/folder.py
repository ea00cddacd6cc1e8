"""The folder of an export: written beside its place and swapped in, so that half an export never stands there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from suite.errors import SuiteError
from suite.hashing import file_digest

MANIFEST = "export.json"
"""Lists every other file with its sha256. A folder that has one, and no file beyond it, is an export of ours."""


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; when the block ends well, it takes the place of ``folder``, else nothing changes.

    Raises:
        SuiteError: ``folder`` holds something that no export wrote, or is no folder.
    """
    folder = folder.resolve()  # a link stays a link, and what it leads to is replaced
    check_replaceable(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        fresh.chmod(0o755)  # `mkdtemp` lets nobody else read, and a web server is somebody else
        yield fresh
        write_manifest(fresh)
        check_replaceable(folder)  # somebody may have put a file there meanwhile
        former = fresh.with_name(f"{fresh.name}.former")
        if folder.exists():
            folder.rename(former)
        fresh.rename(folder)
        shutil.rmtree(former, ignore_errors=True)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def check_replaceable(folder: Path) -> None:
    """Make sure that a folder is absent, empty, or an export with no file added to it.

    Raises:
        SuiteError: it is not; the message names a file that would be lost.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise _refusal(folder, "it is not a folder")
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or path.is_file()}
    if foreign := sorted(present - _listed(folder)):
        raise _refusal(folder, f"it has {foreign[0]!r}, which is not from an export")


def write_manifest(folder: Path) -> None:
    """List the files of a folder with their sha256."""
    files = {path.relative_to(folder).as_posix(): file_digest(path) for path in folder.rglob("*") if path.is_file()}
    text = json.dumps({"export": "basin-suite", "files": dict(sorted(files.items()))}, indent=1)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")


def _listed(folder: Path) -> set[str]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {MANIFEST, *manifest["files"]} if manifest["export"] == "basin-suite" else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _refusal(folder: Path, why: str) -> SuiteError:
    return SuiteError(f"cannot overwrite {folder}: {why}", place=str(folder), next="suite export ANOTHER_FOLDER")

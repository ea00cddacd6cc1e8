"""Opening a folder of results that may come from anybody: its files are those of the manifest, and as it says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from pydantic import ValidationError
from pydantic_core import from_json

from suite.errors import SuiteError
from suite.hashing import file_digest
from suite.store.results.layout import (
    ENVIRONMENTS,
    FILES,
    FORMAT,
    LARGE,
    MANIFEST,
    RUNS,
    SAMPLES,
    SCORES,
    SMALL,
    Manifest,
)
from suite.store.results.refusal import Refused
from suite.store.results.results import Results

ANOTHER = "ask its maker for another: suite submit pack"
_PARTS = (RUNS, SCORES, ENVIRONMENTS)


def read_results(folder: Path) -> Results:
    """Return the results of a folder after every part of it was checked, samples included.

    Raises:
        SuiteError: it is not there, damaged, of a newer version, or holds what no suite writes; nothing is written.
    """
    with refusals(folder):
        results = _opened(folder)
        results.check()
        return results


def open_results(folder: Path) -> Results:
    """Return the results of a folder whose runs, scores and samples are checked when they are asked for.

    Raises:
        SuiteError: as `read_results`, for what is seen from the manifest; asking may raise `Refused`.
    """
    with refusals(folder):
        return _opened(folder)


@contextmanager
def refusals(folder: Path) -> Iterator[None]:
    """Turn what is wrong with a folder of results into one error."""
    try:
        yield
    except Refused as why:
        raise _refusal(folder, str(why)) from why
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise _refusal(folder, f"{error.title}{f'.{where}' if where else ''}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise _refusal(folder, f"it is damaged ({error})") from error


def _opened(folder: Path) -> Results:
    sizes = _files(folder)
    if MANIFEST not in sizes:
        raise Refused(f"it has no {MANIFEST}")
    if sizes.pop(MANIFEST) > SMALL:
        raise Refused(f"{MANIFEST} is larger than {SMALL // 2**20} MiB")
    said = from_json((folder / MANIFEST).read_bytes())
    if isinstance(said, dict) and isinstance(said.get("format"), int) and said["format"] > FORMAT:
        raise Refused(f"it has format {said['format']}, newer than the {FORMAT} that this version of basin-suite knows")
    manifest = Manifest.model_validate(said)
    if odd := sorted(set(sizes) ^ {*manifest.files, *_PARTS}):
        raise Refused(f"it holds or lacks {odd[0][:200]!r}")
    for name, size in sizes.items():
        if size > LARGE:
            raise Refused(f"{name} is larger than {LARGE // 2**20} MiB")
    for name in _PARTS:
        if file_digest(folder / name) != manifest.files[name]:
            raise Refused(f"{name} is not what the manifest says: another sha256")
    return Results(folder, manifest)


def _files(folder: Path) -> dict[str, int]:
    """Return name and size of every file; a link, a device or another folder is no part of results."""
    sizes: dict[str, int] = {}
    for base in ("", f"{SAMPLES}/"):
        try:
            entries = os.scandir(folder / base)
        except (FileNotFoundError, NotADirectoryError) as error:
            if base:
                continue  # a folder without samples
            raise Refused("there is no such folder") from error
        with entries:
            for entry in entries:
                stat = entry.stat(follow_symlinks=False)
                name = f"{base}{entry.name}"
                if S_ISREG(stat.st_mode):
                    sizes[name] = stat.st_size
                elif not (S_ISDIR(stat.st_mode) and name == SAMPLES):
                    raise Refused(f"{name[:200]!r} is no file of results")
                if len(sizes) > FILES:
                    raise Refused(f"it has more than {FILES} files")
    return sizes


def _refusal(folder: Path, why: str) -> SuiteError:
    following = "pip install --upgrade basin-suite" if "newer than" in why else ANOTHER
    return SuiteError(f"the results in {folder.name} are refused: {why}", place=str(folder), next=following)

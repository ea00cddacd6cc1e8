"""Opening a folder of results that may come from anybody: its files are those of the manifest, and as it says."""

from __future__ import annotations

import os
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from pydantic_core import from_json

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
from suite.store.results.refusal import Refused, refusals
from suite.store.results.results import Results

_PARTS = (RUNS, SCORES, ENVIRONMENTS)


def read_results(folder: Path) -> Results:
    """Return the results of a folder after every part of it was checked, samples included.

    Raises:
        SuiteError: it is not there, damaged, of a newer version, or holds what no suite writes; nothing is written.
    """
    results = open_results(folder)
    results.check()
    return results


def open_results(folder: Path) -> Results:
    """Return the results of a folder whose runs, scores and samples are checked when they are asked for.

    Raises:
        SuiteError: as `read_results`, for what is seen from the manifest; asking for more may raise it too.
    """
    with refusals(folder):
        return _opened(folder)


def _opened(folder: Path) -> Results:
    sizes = _files(folder)
    if MANIFEST not in sizes:
        raise Refused(f"{MANIFEST} is missing")
    if sizes.pop(MANIFEST) > SMALL:
        raise Refused(f"{MANIFEST} is larger than {SMALL // 2**20} MiB")
    said = from_json((folder / MANIFEST).read_bytes())
    if isinstance(said, dict) and isinstance(said.get("format"), int) and said["format"] > FORMAT:
        raise Refused(f"it has format {said['format']}. This version of basin-suite knows only {FORMAT} and older ones")
    manifest = Manifest.model_validate(said)
    if odd := sorted(set(sizes) ^ {*manifest.files, *_PARTS}):
        says = "holds a file that its manifest does not name:" if odd[0] in sizes else "lacks"
        raise Refused(f"it {says} {odd[0][:200]!r}")
    for name, size in sizes.items():
        if size > LARGE:
            raise Refused(f"{name} is larger than {LARGE // 2**20} MiB")
    for name in _PARTS:
        if file_digest(folder / name) != manifest.files[name]:
            raise Refused(f"{name} does not fit the manifest: its sha256 differs")
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
            raise Refused("the folder does not exist") from error
        with entries:
            for entry in entries:
                stat = entry.stat(follow_symlinks=False)
                name = f"{base}{entry.name}"
                if S_ISREG(stat.st_mode):
                    sizes[name] = stat.st_size
                elif not (S_ISDIR(stat.st_mode) and name == SAMPLES):
                    raise Refused(f"{name[:200]!r} is not a file of results")
                if len(sizes) > FILES:
                    raise Refused(f"it has more than {FILES} files")
    return sizes

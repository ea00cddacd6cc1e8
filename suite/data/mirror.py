"""The Parquet files of a split in a local mirror of the hub: all of them and of one upload, or none."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from suite.contracts import Missing
from suite.errors import SuiteError

SHARD = re.compile(r"-(?P<number>\d+)-of-(?P<total>\d+)(?P<upload>-[0-9a-f]+)?\.parquet\Z")
"""How the hub names a part of a split, after the split's name; some uploads add their hash."""


def shards(folder: Path, split: str, config: str | None) -> list[Path]:
    """Return the files of a split below a repository's folder, in their order; an empty list if there are none.

    A configuration is the folder of its name; without one, the files lie in one folder.

    Raises:
        Missing: the split is there, but not of this configuration.
        SuiteError: files say by their names that some are not there, or are of several uploads or configurations.
    """
    folders: dict[Path, list[Path]] = defaultdict(list)
    for file in folder.rglob(f"{split}-*.parquet"):
        folders[file.parent].append(file)
    named = {path: files for path, files in folders.items() if not config or config in path.relative_to(folder).parts}
    places = ", ".join(sorted(str(path.relative_to(folder)) for path in named or folders))
    if folders and not named:
        raise Missing(f"{folder} has split {split!r} in {places}, and no configuration {config!r}")
    if len(named) > 1:
        raise SuiteError(
            f"the mirror has split {split!r} in several folders: {places}",
            place=str(folder),
            next=f"keep one folder{f' of the configuration {config!r}' if config else ''}, as the hub has it",
        )
    return [file for path, files in named.items() for file in _complete(path, split, files)]


def _complete(folder: Path, split: str, files: list[Path]) -> list[Path]:
    names = {file: SHARD.match(file.name, len(split)) for file in files}
    uploads = {name and (int(name["total"]), name["upload"]) for name in names.values()}
    numbered = {int(name["number"]): file for file, name in names.items() if name}
    [upload] = uploads if len(uploads) == 1 else [None]
    if upload and sorted(numbered) == list(range(upload[0])):
        return [numbered[number] for number in range(upload[0])]
    if upload and len(numbered) == len(files):
        absent = [number for number in range(upload[0]) if number not in numbered]
        cause = f"of the {upload[0]} files of split {split!r}, {len(absent)} are not there; the first is {absent[:1]}"
    else:
        cause = f"the files of split {split!r} are not of one upload: {', '.join(sorted(file.name for file in files))}"
    raise SuiteError(
        cause,
        place=str(folder),
        next="copy all files of the split as the hub has them, and no others, then: suite run",
    )

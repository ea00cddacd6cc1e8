"""The Parquet files of a split in a local mirror of the hub: all of them and of one upload, or none."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from suite.cache import Cache
from suite.contracts import Missing
from suite.errors import SuiteError

if TYPE_CHECKING:
    from datasets import Dataset

log = logging.getLogger(__name__)

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
        raise Missing(f"{folder} has split {split!r} in {places}, but no configuration {config!r}")
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
        cause = f"{len(absent)} of the {upload[0]} files of split {split!r} are missing, the first is {absent[:1]}"
    else:
        cause = f"the files of split {split!r} are not of one upload: {', '.join(sorted(file.name for file in files))}"
    raise SuiteError(
        cause,
        place=str(folder),
        next="copy all files of the split from the hub, and no others, then: suite run",
    )


def read_mirror(split: str, stamps: Sequence[tuple[str, int, int]], cache: Cache) -> Dataset:
    """Return a split from its files, each with what changes when it does.

    The library keeps a copy of its own of them: in ``cache``, since its own folder may not be writable, and held
    against what was written, since the library does not. A damaged copy is made again.
    """
    which, files = {"split": split, "files": [list(stamp) for stamp in stamps]}, [path for path, _, _ in stamps]
    written = cache.note("copies", which)
    if written is not None:
        with suppress(Exception):  # whatever the library makes of a damaged copy
            data, copies = _copied(split, files, cache, "reuse_dataset_if_exists")
            if copies == written:
                return data
        log.warning("the copy of %s in the cache is damaged, and is made again", Path(files[0]).parent)
    data, copies = _copied(split, files, cache, "force_redownload" if written else "reuse_dataset_if_exists")
    with suppress(OSError):  # a cache that cannot be written can be read
        cache.write_note("copies", which, copies)
    return data


def _copied(split: str, files: list[str], cache: Cache, mode: str) -> tuple[Dataset, dict[str, str]]:
    """Return the split, and the sha256 of each file that the library keeps of it."""
    from datasets import load_dataset

    folder = str(cache.folder / "mirror")
    data = load_dataset("parquet", data_files={split: files}, split=split, cache_dir=folder, download_mode=mode)
    return data, {each["filename"]: cache.file_digest(Path(each["filename"])) for each in data.cache_files}

"""Reading a file of runs that may come from anybody: every part is checked, and nothing of it is believed."""

from __future__ import annotations

import errno
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from suite.errors import SuiteError
from suite.hashing import digest
from suite.store.transfer.document import FORMAT, EnvironmentPart, Manifest, RunPart, check_storable
from suite.store.transfer.export import ENVIRONMENTS, MANIFEST, RUNS, sample_member

MEMBERS = 200_000
SMALL, LARGE = 32 * 2**20, 512 * 2**20
"""Bytes of the manifest, and of the runs or environments, at most: more is no honest file."""
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, RecursionError)


class _Refused(Exception):
    """The file is not what it should be; the message says in what."""


@dataclass(frozen=True)
class Bundle:
    """What a checked file holds, and where its samples lie for the time of the block: files by sha256."""

    manifest: Manifest
    runs: tuple[RunPart, ...]
    environments: dict[str, dict[str, Any]]
    samples: dict[str, Path]


@contextmanager
def opened(file: Path, folder: Path) -> Iterator[Bundle]:
    """Check a file and yield what it holds; its samples are unpacked into ``folder``, which is the caller's.

    Raises:
        SuiteError: it is not there, damaged, of a newer version, or holds what no export writes.
    """
    if not file.is_file():
        raise SuiteError(f"the file {file} does not exist", place=str(file), next=f"ls {file.parent}")
    try:
        with zipfile.ZipFile(file) as archive:
            bundle = _read(archive, folder)
    except _Refused as why:
        raise _refusal(file, str(why)) from why
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise _refusal(file, f"{error.title}{f'.{where}' if where else ''}: {first['msg']}") from error
    except _BROKEN as error:
        raise _refusal(file, f"it is damaged, or not an export of runs ({error})") from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a member that begins before the file does; else it is the disk's
            raise
        raise _refusal(file, "it is damaged: a member lies outside of it") from error
    yield bundle


def _read(archive: zipfile.ZipFile, folder: Path) -> Bundle:
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(names) > MEMBERS or len(set(names)) < len(names):
        raise _Refused("it has too many members, or two of one name")
    head = from_json(_content(archive, MANIFEST, SMALL))
    if isinstance(head, dict) and isinstance(head.get("format"), int) and head["format"] > FORMAT:
        raise _Refused(
            f"it has format {head['format']}. This version of basin-suite knows only {FORMAT} and older ones"
        )
    manifest = Manifest.model_validate(head)
    expected = {MANIFEST, RUNS, ENVIRONMENTS, *map(sample_member, manifest.samples)}
    if set(names) != expected:
        odd = sorted(set(names) ^ expected)[0]
        raise _Refused(f"a member is missing or does not belong: {odd[:200]!r}")
    runs = tuple(
        RunPart.model_validate_json(line) for line in _content(archive, RUNS, LARGE, manifest.runs).splitlines()
    )
    documents = [from_json(line) for line in _content(archive, ENVIRONMENTS, LARGE, manifest.environments).splitlines()]
    for document in documents:
        EnvironmentPart.model_validate(document)
        check_storable(document)
    environments = {digest(document): document for document in documents}
    _check_whole(runs, environments, manifest)
    samples = {each: _unpacked(archive, each, folder) for each in manifest.samples}
    return Bundle(manifest, runs, environments, samples)


def _check_whole(runs: tuple[RunPart, ...], environments: dict[str, Any], manifest: Manifest) -> None:
    done = [run.cell.id for run in runs if run.state == "done"]
    if len({run.id for run in runs}) < len(runs) or len(set(done)) < len(done):
        raise _Refused("it holds one run twice, or two finished runs of one cell")
    for run in runs:
        if run.environment is not None and run.environment not in environments:
            raise _Refused(f"the environment of run {run.id} is missing")
    if unused := set(manifest.samples) - {run.samples for run in runs}:
        raise _Refused(f"it holds samples that belong to no run: {min(unused)}")


def _content(archive: zipfile.ZipFile, name: str, limit: int, sha256: str = "") -> bytes:
    if name not in archive.namelist():
        raise _Refused(f"it is not an export of runs: it has no {name}")
    if archive.getinfo(name).file_size > limit:
        raise _Refused(f"{name} is larger than {limit // 2**20} MiB")
    content = archive.read(name)
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise _Refused(f"{name} does not fit the manifest: its sha256 differs")
    return content


def _unpacked(archive: zipfile.ZipFile, sha256: str, folder: Path) -> Path:
    """Return the file of these samples, which are what their name says and a Parquet table."""
    import pyarrow as pa
    import pyarrow.parquet

    member = archive.getinfo(sample_member(sha256))
    if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
        raise _Refused(f"{member.filename} is compressed. Samples must not be compressed")
    target, found = folder / f"{sha256}.parquet", hashlib.sha256()
    with archive.open(member) as source, target.open("wb") as file:
        while block := source.read(2**20):
            found.update(block)
            file.write(block)
    if found.hexdigest() != sha256:
        raise _Refused(f"the sha256 of {member.filename} does not fit its name")
    try:
        pyarrow.parquet.read_schema(target)
    except (pa.ArrowException, OSError) as error:
        raise _Refused(f"{member.filename} is not a table of samples") from error
    return target


def _refusal(file: Path, why: str) -> SuiteError:
    another = "ask its maker for another: suite export-runs FILE"
    following = "pip install --upgrade basin-suite" if "newer than" in why else another
    return SuiteError(f"{file.name} is refused: {why}. Nothing was written", place=str(file), next=following)

"""The per-sample files beside the database: one Parquet file for each content, named by its sha256."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.files import write_atomic
from suite.hashing import file_digest
from suite.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

    from suite.store.reading import Reader

log = logging.getLogger(__name__)


def samples_folder(settings: Settings) -> Path:
    """Return where the files of samples lie, in folders of their first two digits."""
    return settings.home / "samples"


def samples_path(settings: Settings, digest: str) -> Path:
    """Return where the samples of this sha256 lie."""
    return samples_folder(settings) / digest[:2] / f"{digest}.parquet"


def samples_lock(settings: Settings) -> AbstractContextManager[Any]:
    """Return the lock that holds off whoever removes samples, from keeping a file until a run refers to it."""
    from filelock import FileLock

    settings.home.mkdir(parents=True, exist_ok=True)
    return FileLock(settings.home / "samples.lock")


def sound_samples(settings: Settings, digest: str | None) -> Path | None:
    """Return the file of the samples of this sha256; None if there is none, or what is there has another sha256."""
    path = None if digest is None else samples_path(settings, digest)
    if path is None or not path.exists():
        return None
    if file_digest(path) == digest:
        return path
    log.warning("the samples in %s are damaged, and count as gone: another sha256 than their name says", path)
    return None


def keep_samples(settings: Settings, file: Path) -> str:
    """Copy a Parquet file to its place by content, where it is not yet, or is damaged; return its sha256."""
    digest = file_digest(file)
    target = samples_path(settings, digest)
    if sound_samples(settings, digest) is None:
        write_atomic(target, lambda temporary: shutil.copyfile(file, temporary))
    return digest


def read_table(settings: Settings, digest: str | None) -> pa.Table | None:
    """Return the stored table of this sha256; None if there is none, or its file is gone or damaged."""
    path = sound_samples(settings, digest)
    if path is None:
        return None
    import pyarrow.parquet

    return pyarrow.parquet.read_table(path)


def table_reader(settings: Settings, reader: Reader) -> Callable[[str], pa.Table | None]:
    """Return what reads the stored table of a run by the run's id; see `read_table`."""
    return lambda run: read_table(settings, reader.samples(run))

"""Results that others have published: those that come with the package, and those in folders of one's own.

They are read where they lie, and are never part of the store: what others have run keeps nobody from running it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from suite.errors import SuiteError
from suite.hashing import bytes_digest, digest, file_digest
from suite.settings import Settings
from suite.store.results.layout import MANIFEST
from suite.store.results.reading import open_results
from suite.store.results.results import Results
from suite.store.submission import listed, read_history
from suite.store.submission.document import Declared
from suite.store.submission.folder import read_plain
from suite.store.submission.history import FILE as HISTORY
from suite.store.submission.reading import FILE
from suite.store.submission.yaml import LARGEST, parse
from suite.text import clean

State = Literal["submitted", "validated", "reproduced", "disputed", "withdrawn"]
RESULTS = "results"
PACKAGED = "submissions"
LONGEST = 300


class Standing(BaseModel):
    """The last line of a submission's history: what it is now, since when, who said so, and why."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: State = "submitted"
    time: str = Field("", max_length=40)
    by: str = Field("", max_length=100)
    reason: str = ""

    @field_validator("time", "by", "reason", mode="before")
    @classmethod
    def _cleaned(cls, value: object) -> str:
        return clean("" if value is None else value)[:LONGEST]


@dataclass(frozen=True)
class Published:
    """The results of a submission.

    Attributes:
        name: that of its folder.
        packaged: whether it came with the package.
        standing: what its history says of it last.
    """

    name: str
    packaged: bool
    standing: Standing
    results: Results

    @cached_property
    def declared(self) -> Mapping[str, Declared]:
        """What its methods declare, by name; nothing if its submission.yaml cannot be read."""
        return listed(self.results.folder.parent).declared

    @cached_property
    def stamp(self) -> str:
        """Changes when its results, its standing, or what its submission.yaml declares do."""
        folder, said = self.results.folder, self.standing.model_dump_json()
        files = [path for path in (folder / MANIFEST, folder.parent / FILE) if path.is_file()]
        return digest([self.name, said, *map(file_digest, files)])

    @property
    def tasks(self) -> dict[str, int]:
        """How many runs of each task it has."""
        return self.results.manifest.tasks

    @property
    def by(self) -> str:
        """Who says to have made the runs."""
        return clean(self.results.manifest.by) or self.name


def published(settings: Settings) -> tuple[list[Published], dict[str, str]]:
    """Return the submissions with results that the settings name, and why others are refused, by name.

    Of two with one name the packaged one counts.
    """
    folders = [(folder, True) for folder in packaged_folders()] if settings.published else []
    return published_in([*folders, *((folder, False) for folder in settings.submission_folders)])


def published_in(folders: Sequence[tuple[Path, bool]]) -> tuple[list[Published], dict[str, str]]:
    """Return the submissions with results in these folders, and why others are refused; see `published`."""
    found: dict[str, Published] = {}
    refused: dict[str, str] = {}
    for base, packaged in folders:
        for folder in _submissions(base):
            if folder.name in found or folder.name in refused:
                continue
            try:
                results = open_results(folder / RESULTS)
                found[folder.name] = Published(folder.name, packaged, _standing(folder), results)
            except SuiteError as error:
                refused[clean(folder.name)] = error.cause
            except OSError as error:
                refused[clean(folder.name)] = f"it cannot be read: {error.strerror}"
    return list(found.values()), refused


def published_pulse(settings: Settings) -> object:
    """Return what changes when a submission may have, without opening one."""
    packaged = packaged_folders() if settings.published else []
    files = (
        folder / name
        for base in (*packaged, *settings.submission_folders)
        for folder in _submissions(base)
        for name in (f"{RESULTS}/{MANIFEST}", HISTORY, FILE)
    )
    return tuple((str(file), *_changed(file)) for file in files)


def _changed(file: Path) -> tuple[int, int]:
    try:
        stat = file.stat()
    except OSError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns


def packaged_folders() -> list[Path]:
    """Return where the submissions lie that come with the package: inside of it, or beside it in a checkout."""
    here = Path(__file__).resolve().parents[1]
    base = here if (here / "plugins").is_dir() else here.parent  # as suite/__init__.py tells a wheel from a checkout
    return [base / PACKAGED] if (base / PACKAGED).is_dir() else []


def _submissions(base: Path) -> list[Path]:
    try:
        return sorted(
            folder
            for folder in base.iterdir()
            if folder.name[0] != "." and not folder.is_symlink() and (folder / RESULTS).is_dir()
        )
    except OSError:
        return []


def _standing(folder: Path) -> Standing:
    """Return what the last row of a history says, if its files are still those that the row is about.

    Without a history, and once they were edited, they are submitted, and nothing more is known of them.
    """
    try:
        history = read_history(folder)
        content = read_plain(folder / FILE, LARGEST) if history else b""
    except (ValueError, FileNotFoundError) as error:
        raise SuiteError(f"its {HISTORY}: {error}", place=str(folder), next="suite submit check") from error
    if not history:
        return Standing()
    last = history[-1]
    if bytes_digest(content) != last.submission or not _names_results(content, folder):
        return Standing(reason=f"its files were edited since they were {last.state}")
    return Standing(state=last.state, time=last.time.isoformat(), by=last.by, reason=last.reason)


def _names_results(content: bytes, folder: Path) -> bool:
    """Tell whether a submission.yaml names the results that lie beside it."""
    said = parse(content).value.get("results")
    return isinstance(said, dict) and said.get("manifest") == file_digest(folder / RESULTS / MANIFEST)

"""Settings: environment variables named SUITE_*, each with its default."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from suite.errors import SuiteError
from suite.validation import wrong_value

DEVICES = r"^(auto|cpu|cuda(:\d+)?)$"


def cores() -> int:
    """Return how many cores this process may use."""
    # Containers and schedulers allow fewer cores than the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(BaseSettings):
    """Where things are and what a cell may use. ``SUITE_HOME`` sets ``home``, and so on."""

    model_config = SettingsConfigDict(env_prefix="SUITE_", frozen=True, extra="ignore")

    home: Path = Field(Path("~/.basin-suite"), description="folder of the store, the cache and the board")
    database: str | None = Field(None, description="URL of the store, if not SQLite in the home folder")
    store_patience: float = Field(
        300.0, ge=0, description="seconds for which a run waits for a store that has answered and is away"
    )
    cache: Path | None = Field(None, description="folder of shared artifacts, if not in the home folder")
    data: Path | None = Field(None, description="local mirror of data sets, laid out as the hub is")
    weights: Path | None = Field(None, description="folder of reference weights (safetensors)")
    hub: bool | None = Field(None, description="download what is not in the mirror; on unless SUITE_DATA is set")
    device: str = Field("auto", pattern=DEVICES, description="auto, cpu, cuda or cuda:N")
    workers: int = Field(default_factory=cores, ge=1, description="cells side by side")
    time_limit: float = Field(3600.0, gt=0, description="wall-clock seconds of a cell")
    prepare_time_limit: float = Field(24 * 3600.0, gt=0, description="wall-clock seconds to prepare a task's models")
    memory_limit: float | None = Field(None, gt=0, description="GiB of resident memory of a cell")
    retries: int = Field(2, ge=0, description="times that a cell is tried again which the machine ended")
    ray_address: str | None = Field(None, description="Ray cluster of --executor ray, if RAY_ADDRESS names none")
    split: Literal["auto", "always", "never"] = Field(
        "auto", description="methods in a process apart from labels and scores: all but built-in ones, all, or none"
    )
    container: bool = Field(False, description="methods that run apart do so in a container of podman or docker")
    plugins: Annotated[tuple[Path, ...], NoDecode] = Field((), description="plugin files, separated as in PATH")
    published: bool = Field(True, description="whether the board shows the results that come with the package")
    submissions: Annotated[tuple[Path, ...] | None, NoDecode] = Field(
        None, description="folders of submissions that the board shows too, as in PATH, if not one in the home folder"
    )
    disabled_plugins: Annotated[tuple[str, ...], NoDecode] = Field((), description="plugins not to load, by comma")
    listeners: Annotated[tuple[str, ...], NoDecode] = Field((), description="who hears how a run goes, by comma")

    @field_validator("home", "cache", "data", "weights", mode="after")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return None if path is None else Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - keeps symlinks

    @field_validator("plugins", "submissions", mode="before")
    @classmethod
    def _split_paths(cls, value: Any) -> Any:
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @field_validator("disabled_plugins", "listeners", mode="before")
    @classmethod
    def _split_names(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @property
    def cache_folder(self) -> Path:
        """Folder of shared artifacts: safe to delete, costs time to make again."""
        return self.cache or self.home / "cache"

    @property
    def submission_folders(self) -> tuple[Path, ...]:
        """Folders of submissions whose results the board shows beside those that come with the package."""
        return (self.home / "submissions",) if self.submissions is None else self.submissions

    @property
    def intake_folder(self) -> Path:
        """Folder of uploads that wait for their check."""
        return self.home / "intake"

    @property
    def pending(self) -> Path:
        """Folder of results that the store does not have yet, one folder a run."""
        return self.home / "pending"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the store."""
        if self.database:
            return self.database
        from sqlalchemy import URL  # quotes what a URL would take for its own

        return URL.create("sqlite", database=str(self.store_file)).render_as_string()

    @property
    def store_file(self) -> Path:
        """The store, where no other ``database`` is named."""
        return self.home / "suite.db"

    @property
    def hub_allowed(self) -> bool:
        """Whether data may be downloaded. A mirror, once named, is the whole truth unless SUITE_HUB says otherwise."""
        return self.hub if self.hub is not None else self.data is None


def _words(name: str, error: Any) -> str:
    if error["type"] == "string_pattern_mismatch":  # of the device, the only one
        return f"{error['input']!r} is not one of auto, cpu, cuda, cuda:N"
    return wrong_value(error)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment; ``overrides`` that are not None win.

    Raises:
        SuiteError: a value is not of its kind.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        raise SuiteError(
            f"setting {name!r} has a wrong value: {_words(name, first)}",
            place=f"environment variable SUITE_{name.upper()} or its option",
            next=f"unset SUITE_{name.upper()}",
        ) from None

"""A registry for methods of a submission: the suite's own parts, and stand-ins where the code is somebody else's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from suite.discovery import OWN, PACKAGES, installed_plugins
from suite.errors import SuiteError
from suite.registry import Registry, complete_registry
from suite.run.split.confinement.container import find_engine
from suite.run.worker import device_of
from suite.settings import Settings
from suite.store.submission import Submission
from suite.submit.describe import descriptions
from suite.submit.installation import installed
from suite.submit.stand_in import register

Overrides = Mapping[str, Mapping[str, Any]]


def trusted_settings(settings: Settings, of: Submission, container: bool | None = None) -> Settings:
    """Return settings under which every cell is split, and no plugin of this machine's user is loaded.

    ``container`` is whether the methods run in a container; None: as ``SUITE_CONTAINER`` says, else wherever one starts
    and some of the code is not the suite's own.
    """
    if container is None and "container" not in settings.model_fields_set:
        container = any(package.distribution != OWN for package in of.methods) and _starts_container(settings)
    chosen = settings.container if container is None else container
    return settings.model_copy(update={"split": "always", "container": chosen, "plugins": (), "listeners": ()})


def _starts_container(settings: Settings) -> bool:
    """Tell whether a container starts here that lacks nothing: none is handed a GPU."""
    return device_of(settings) == "cpu" and find_engine() is not None


class Bench:
    """Where the methods of a submission can be run: they are installed, and described by a confined process.

    As a context, it tells the processes of the methods where these lie; nothing of it is loaded in this one.

    Attributes:
        confined: what the kernel enforced when their code was first imported; None if all of it is the suite's own.
    """

    def __init__(self, folder: Path, of: Submission, settings: Settings) -> None:
        """Install what the submission names, if that was not done before.

        Raises:
            SuiteError: it cannot be installed.
        """
        self._of, self._settings = of, settings
        self._packages = installed(folder, of.methods, settings)
        self.confined: tuple[str, ...] | None = None
        self._before: str | None = None

    def __enter__(self) -> Self:
        """Name the folder in the environment, which processes inherit."""
        self._before = os.environ.get(PACKAGES)
        if self._packages is not None:
            os.environ[PACKAGES] = str(self._packages)
        return self

    def __exit__(self, *_: object) -> None:
        """Name what was named before: what is loaded later in this process has nothing to do with the submission."""
        os.environ.pop(PACKAGES, None)
        if self._before is not None:
            os.environ[PACKAGES] = self._before

    def registry(self, overrides: Overrides | None = None) -> Registry:
        """Return a registry with the methods, whose parameters are the defaults but for ``overrides``.

        Raises:
            SuiteError: the code of the methods cannot be loaded, or is not what the submission says.
        """
        registry = complete_registry(Registry(), [each for each in installed_plugins() if each[0].distribution == OWN])
        for package in self._of.methods:
            if package.distribution == OWN and (missing := [n for n in package.names if n not in registry.methods]):
                raise SuiteError(
                    f"this version of basin-suite has no method {missing[0]}",
                    place="submission.yaml",
                    next=f"pip install {OWN}=={package.version}",
                )
        names = [name for each in self._of.methods if each.distribution != OWN for name in each.names]
        if self._packages is not None:
            told = descriptions(self._packages, names, overrides or {}, self._settings)
            self.confined = tuple(str(word) for word in told.get("confined", ()))
            register(registry, self._of, told["methods"], str(self._packages))
            for name in names:
                registry.methods.entry(name).plugin.folder = self._packages
        return registry

"""Networks that are published as TorchScript: a file that is a program, read where its owner has put it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from suite.contracts import Ingredient, Missing, Resources
from suite.errors import SuiteError, first_line
from suite.lazy import torch


@dataclass(frozen=True)
class TorchScriptFile(Ingredient):
    """``SUITE_WEIGHTS/<file>``. It is never downloaded: it is a program, which who puts it there trusts."""

    kind = "model"
    name: str
    file: str
    source: str
    optional: bool = False

    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the file's sha256.

        Raises:
            Missing: it is not there.
        """
        return resources.cache.file_digest(self._path(resources))

    def make(self, resources: Resources) -> str:
        """Return the file's sha256."""
        return resources.cache.file_digest(self._path(resources))

    def load(self, resources: Resources) -> Any:
        """Return the network on the device, in evaluation mode.

        Raises:
            Missing: it is not there.
            SuiteError: it is no TorchScript.
        """
        path = self._path(resources)
        try:
            return torch.jit.load(str(path), map_location=resources.device).eval()
        except Exception as error:  # torch raises whatever its readers do
            raise SuiteError(
                f"this is not TorchScript: {first_line(error)}",
                place=str(path),
                next=f"take the file from {self.source}, then: suite run",
            ) from error

    def _path(self, resources: Resources) -> Path:
        weights = resources.settings.weights
        if weights is None or not (weights / self.file).is_file():
            raise Missing(f"SUITE_WEIGHTS has no {self.file}. Get it from {self.source}")
        return weights / self.file

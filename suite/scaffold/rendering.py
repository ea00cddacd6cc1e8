"""Renders templates: those of a track's role, and those that all packages share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from suite.errors import SuiteError

SHARED = Path(__file__).with_name("templates")


class Templates:
    """The templates of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = _environment(folder)

    def source(self, name: str) -> str:
        """Return the text of a template."""
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except OSError as error:
            raise self._broken(name, error) from None

    def render(self, name: str, given: Mapping[str, Any]) -> str:
        """Return a template with what it is given, and one line break at its end.

        Raises:
            SuiteError: it is not there, is none, or asks for what is not given.
        """
        try:
            return self._environment.get_template(name).render(given).strip() + "\n"
        except TemplateError as error:
            raise self._broken(name, error) from None

    def _broken(self, name: str, error: Exception) -> SuiteError:
        return SuiteError(
            f"cannot render the template {name}: {type(error).__name__}: {error}",
            place=str(self.folder),
            next="tell the author of the track. docs/plugins.md says what a template gets",
        )


def _environment(folder: Path) -> Environment:
    """Return Jinja's, without escaping: these are no pages, and names were checked before."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=False,  # Python and TOML have no use for &amp;
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

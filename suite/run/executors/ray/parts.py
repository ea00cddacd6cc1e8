"""The files that a plugin file consists of, to be sent to nodes: itself, and what it uses of the files beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from suite.errors import SuiteError
from suite.source import file_sources


def plugin_parts(files: Iterable[Path]) -> dict[Path, dict[str, bytes]]:
    """Return, by plugin file, the content of its files by their path below its folder; its own comes first.

    Raises:
        SuiteError: it uses a file elsewhere, which no node would find.
    """
    parts: dict[Path, dict[str, bytes]] = {}
    for file in (each.resolve() for each in files):
        sources = [file, *sorted(source.resolve() for source in file_sources(file))]
        for source in sources:
            if not source.is_relative_to(file.parent):
                raise SuiteError(
                    f"the plugin file uses {source}, which is outside of its folder. Nodes of a cluster do not get it",
                    place=str(file),
                    next="make a package of it and install it on every node: suite new method NAME",
                )
        parts[file] = {str(source.relative_to(file.parent)): source.read_bytes() for source in dict.fromkeys(sources)}
    return parts

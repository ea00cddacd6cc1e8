"""A package that is about to be written: all of its files, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from suite.scaffold.naming import check_folder


@dataclass(frozen=True)
class Package:
    """What a command writes.

    Attributes:
        folder: where it is written.
        files: the text of each, by its path in the folder.
        name: of what is in it, as the registry has it.
        module: the file that registers it.
        role: of a method, and ``others`` that its track has.
        task: one of the suite's own to try it on, or an empty string.
    """

    folder: Path
    files: Mapping[str, str]
    name: str
    module: str
    role: str
    others: tuple[str, ...] = ()
    task: str = ""

    def write(self) -> None:
        """Write it. Where that fails, the files that were written are taken back.

        Raises:
            SuiteError: the folder is not empty.
            OSError: the disk is full, or the folder is read-only.
        """
        check_folder(self.folder)
        written: list[Path] = []
        try:
            for name, text in self.files.items():
                path = self.folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                written.append(path)
                path.write_text(text, encoding="utf-8")
        except BaseException:
            for path in written:
                path.unlink(missing_ok=True)
            raise

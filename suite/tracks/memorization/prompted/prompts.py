"""Memorized prompts with the images that they bring back, and ordinary prompts, as they are published."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.contracts import Ingredient, Missing, Resources
from suite.errors import SuiteError
from suite.hashing import digest, file_digest

if TYPE_CHECKING:
    from PIL.Image import Image

KINDS = ("VM", "TM")
"""Verbatim memorization: the image comes back. Template memorization: its layout does."""
MEMORIZED, ORDINARY, TRUTHS = "memorized_laion_prompts", "unmemorized_laion_prompts", "gt_images"
ENDINGS = (".csv", ".jsonl")


@dataclass(frozen=True)
class Prompt:
    """A prompt, its kind of `KINDS`, and the images that it brings back."""

    text: str
    kind: str
    truths: tuple[Path, ...]

    def images(self) -> list[Image]:
        """Return the images, in RGB.

        Raises:
            SuiteError: a file is none.
        """
        return [self._image(path) for path in self.truths]

    def _image(self, path: Path) -> Image:
        from PIL import Image

        from suite.data.decoding import Undecodable, decoded

        try:
            return Image.fromarray(decoded(path.read_bytes())).convert("RGB")
        except Undecodable as error:
            raise SuiteError(
                f"a file of the prompt {self.text!r} is not an image: {error}",
                place=str(path),
                next="restore the image, or remove the file, then: suite run",
            ) from None


@dataclass(frozen=True)
class PromptLists(Ingredient):
    """A folder under SUITE_DATA with two lists and, for each memorized prompt, the images that it was trained on.

    ``memorized_laion_prompts`` is a table with columns Caption, type (VM or TM) and Index, its fields parted by
    semicolons (.csv), or a document a line with such keys (.jsonl); ``unmemorized_laion_prompts`` needs Caption alone;
    ``gt_images/<Index>`` has the images. So Hintersdorf et al. 2024, Wen et al. 2024 and Han et al. 2025 publish them.
    """

    kind = "data"
    name: str
    optional: bool = False

    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the hash of all files if it was computed before for these very files, else None.

        Raises:
            Missing: they are not on this machine.
        """
        note = resources.cache.note("fingerprints", self._stamp(resources))
        return None if note is None else str(note["sha256"])

    def make(self, resources: Resources) -> str:
        """Hash all files."""
        folder = self._folder(resources)
        sha256 = digest({str(path.relative_to(folder)): file_digest(path) for path in self._files(resources)})
        resources.cache.write_note("fingerprints", self._stamp(resources), {"sha256": sha256})
        return sha256

    def memorized(self, resources: Resources) -> dict[str, list[Prompt]]:
        """Return the prompts of each kind of which images are there, in the order of the list.

        Raises:
            Missing: the list is not there.
            SuiteError: a row is none, or of a kind not a single prompt has an image.
        """
        (path,), found = self._lists(resources, MEMORIZED), {kind: list[Prompt]() for kind in KINDS}
        for place, row in _rows(path):
            kind, index = row.get("type"), str(row.get("index", ""))
            if kind not in KINDS or not row.get("caption") or not index.isdecimal():
                raise SuiteError(
                    f"the row has type {kind!r} and index {index!r}. It needs a caption, a number, and VM or TM",
                    place=place,
                    next=f"use the list with types from localizing_memorization, as {MEMORIZED}.csv",
                )
            truths = self._folder(resources) / TRUTHS / index
            images = tuple(sorted(path for path in truths.glob("*") if not path.name.startswith(".")))
            if images:
                found[kind].append(Prompt(str(row["caption"]), kind, images))
        if lacking := [kind for kind in KINDS if not found[kind]]:
            raise SuiteError(
                f"there are no images of {' and '.join(lacking)} prompts",
                place=str(self._folder(resources) / TRUTHS),
                next=f"copy the published images of each prompt into {TRUTHS}/<its Index>, then: suite run",
            )
        return found

    def ordinary(self, resources: Resources) -> list[str]:
        """Return prompts of which nothing is memorized.

        Raises:
            Missing: the list is not there.
        """
        (path,) = self._lists(resources, ORDINARY)
        return [str(row["caption"]) for _, row in _rows(path) if row.get("caption")]

    def _folder(self, resources: Resources) -> Path:
        data = resources.settings.data
        if data is None:
            raise Missing(f"{self.name} needs SUITE_DATA. No hub has this data")
        return data / self.name

    def _lists(self, resources: Resources, *names: str, folders: tuple[str, ...] = ()) -> list[Path]:
        """Return the files of lists. Folders need to be there too: all that is missing is told at once."""
        folder, endings = self._folder(resources), " or ".join(ENDINGS)
        files = [[path for ending in ENDINGS if (path := folder / f"{name}{ending}").is_file()] for name in names]
        lacking = [f"{name}{endings}" for name, found in zip(names, files, strict=True) if not found]
        lacking += [f"{name}/" for name in folders if not (folder / name).is_dir()]
        if lacking:
            raise Missing(f"{folder} has no {', '.join(lacking)}. Copy it there: no hub has it")
        return [found[0] for found in files]

    def _files(self, resources: Resources) -> list[Path]:
        lists = self._lists(resources, MEMORIZED, ORDINARY, folders=(TRUTHS,))
        images = (self._folder(resources) / TRUTHS).rglob("*")
        return [*lists, *sorted(path for path in images if path.is_file() and not path.name.startswith("."))]

    def _stamp(self, resources: Resources) -> dict[str, Any]:
        stats = {str(path): path.stat() for path in self._files(resources)}
        return {"files": {path: [at.st_size, at.st_mtime_ns] for path, at in stats.items()}}


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield where each row of a list stands, and the row with its keys in small letters."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";") if path.suffix == ".csv" else _documents(file, path)
        for number, row in enumerate(rows, start=1):
            yield f"{path}, row {number}", {str(key).lower(): value for key, value in row.items()}


def _documents(lines: Any, path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        try:
            yield dict(json.loads(line))
        except (ValueError, TypeError) as error:
            raise SuiteError(
                "the line is not JSON",
                place=f"{path}, line {number}",
                next="restore the list, then: suite run",
            ) from error

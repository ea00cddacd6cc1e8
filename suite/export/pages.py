"""Rendering: from a template and its content to the files of a page, in parts where one would be too heavy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from suite.export import numbers
from suite.export.addresses import NOT_FOUND, relative
from suite.export.parts import in_parts
from suite.text import block, clean

T = TypeVar("T")
Trail = Sequence[tuple[str, str]]
"""Names and pages of what lies above a page."""


class Pages:
    """Writes the pages of a site into a folder and keeps their paths.

    ``url`` is where the site will be served, with a slash at its end, or empty; ``ended`` is when the newest run of the
    board ended: the time of the export is nowhere, so that two exports of one board are equal.
    """

    def __init__(self, folder: Path, url: str, suite: str, ended: str | None) -> None:
        self.folder = folder
        self.ended = ended
        self.url = url
        self.paths: list[str] = []
        # Some browsers do not count the files of a folder on the disk as its own, so that they are named.
        ours = " ".join(["'self'", "file:", *([f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"] if url else [])])
        self._everywhere = {"url": url, "suite": suite, "ended": numbers.moment(ended), "ours": ours}

    def write(
        self,
        path: Callable[[int], str],
        template: str,
        title: str,
        description: str,
        items: Sequence[T] = (),
        content: Callable[[Sequence[T]], Mapping[str, Any]] = lambda items: {},
        trail: Trail = (),
        image: str = "",
    ) -> None:
        """Write a page that shows ``items``, or as many parts as it takes.

        ``path`` gives the path of each part by its number from 1, ``content`` what the template shows of some items.
        ``image`` is the path of a picture that links to the page are shown with elsewhere.
        """

        def render(some: Sequence[T], part: int, parts: int) -> str:
            here = path(part)
            return (
                _templates()
                .get_template(template)
                .render(
                    **self._everywhere,
                    **content(some),
                    path=here,
                    title=title if part == 1 else f"{title}, part {part}",
                    description=description,
                    trail=trail,
                    image=image,
                    part=part,
                    parts=parts,
                    part_path=path,
                    to=lambda target: self._address(target, here),
                    block=lambda text: escape(block(text)),
                )
            )

        for part, html in enumerate(in_parts(items, render), 1):
            self.file(path(part), html.encode())
            self.paths.append(path(part))

    def _address(self, target: str, here: str) -> str:
        """Return a relative address; from the page that a server shows for any address at all, the whole one."""
        return self.url + target if self.url and here == NOT_FOUND else relative(target, here)

    def file(self, path: str, content: bytes) -> None:
        """Write any other file of the site."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: object) -> object:
    """Let every text through the gate of all texts; escaping comes after it."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value

"""Links of the documentation lead somewhere, to the heading that they name; the navigation has every page."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/README.md")])


def anchors(text: str) -> set[str]:
    """Return the addresses that GitHub gives to the headings of a page, and the site with it."""
    found: dict[str, int] = {}
    named = set()
    for heading in re.findall(
        r"^#{1,6} (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    ):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).strip().replace(" ", "-")
        count = found[slug] = found.get(slug, -1) + 1
        named.add(f"{slug}-{count}" if count else slug)
    return named


@cache
def anchors_of(page: Path) -> set[str]:
    return anchors(page.read_text(encoding="utf-8"))


def broken(page: Path, text: str) -> list[str]:
    """Return the links of a page that lead to no file or heading, as whoever reads it on GitHub follows them."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    wrong = []
    for link in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)(?: \"[^\"]*\")?\)", prose):
        address, _, anchor = link.partition("#")
        target = (page.parent / address).resolve() if address else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors_of(target)):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    assert broken(page, page.read_text(encoding="utf-8")) == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    page = ROOT / "docs" / "index.md"
    links = "[a](gone.md) [b](store.md#gone) [c](store.md#postgresql) [d](#gone) [e](board.png)"
    assert broken(page, f'{links} [f](index.md#gone "a.md") [g](reference/a.md)') == [
        "gone.md",
        "store.md#gone",
        "#gone",
        "index.md#gone",
        "reference/a.md",
    ]
    assert anchors("# A `b`, c\n\n## D\n\n## D\n\n```sh\n# no heading\n```\n") == {"a-b-c", "d", "d-1"}


def test_pages_and_sections_that_messages_name_are_there() -> None:
    named = {
        match
        for folder in ("suite", "leaderboard", ".github")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in (".py", ".jinja", ".md", ".yml")
        for match in re.findall(r"docs/([a-z-]+\.md)(?:, section '([^']+)')?", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 10
    for page, section in named:
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        assert not section or re.search(rf"^#+ {re.escape(section)}$", text, re.MULTILINE), (page, section)


def test_what_the_readme_links_to_is_in_the_source_distribution() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["sdist"]
    linked = re.findall(
        r"\]\((?:https:[^)]*/(?:blob|raw)/[^/)]+/)?([\w.-]+)(?:/[^)]*)?\)",
        (ROOT / "README.md").read_text(encoding="utf-8"),
    )
    assert len(linked) > 20
    assert [top for top in linked if not any(fnmatchcase(f"/{top}", kept) for kept in build["include"])] == []


def addresses(part: Any) -> list[str]:
    """Return the pages of a part of the navigation."""
    if isinstance(part, dict):
        part = list(part.values())
    return [part] if isinstance(part, str) else [page for each in part for page in addresses(each)]


def test_every_page_is_in_the_navigation_once() -> None:
    navigation = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
    assert sorted(addresses(navigation)) == sorted(page.name for page in (ROOT / "docs").glob("*.md"))

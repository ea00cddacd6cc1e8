"""What MkDocs calls while it builds the site: it makes the reference from the code and holds what the site promises."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from pymdownx.slugs import slugify

from suite.reference import pages
from suite.registry import load_registry

LARGEST = 15 * 2**20
"""Bytes that the whole site may have."""
ELSEWHERE = re.compile(
    r"""<(?:script|img|iframe|link(?=[^>]*rel="?stylesheet))[^>]*?(?:src|href)=["']?(?:https?:)?//"""
)
REFERENCE = re.compile(r"\]\(index\.md#the-reference \"([^\"]+)\"\)")
"""A link to a page of the reference. Where there is no site, it leads to what is said about the reference."""

log = logging.getLogger("mkdocs.hooks")
made: dict[str, str] = {}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read the registry, put the reference into the navigation, and give headings the addresses that GitHub gives."""
    registry = load_registry()
    for failure in registry.failures:
        log.warning("a plugin failed, so that the reference is not whole: %s", failure)
    made.update(pages(registry))
    config.site_url = os.environ.get("SITE_URL", config.site_url)
    config.mdx_configs["toc"]["slugify"] = slugify(case="lower")
    sections = {title: part for each in config.nav if isinstance(each, dict) for title, part in each.items()}
    groups: dict[str, list[str]] = {}
    for address in made:
        group = address.rpartition("/")[0]
        groups.setdefault(group, []).append(f"reference/{address}")
    sections["Reference"] += groups.pop("")
    for group, addresses in groups.items():
        sections["Reference"].append({group.capitalize(): [{Path(each).stem: each} for each in addresses]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the reference."""
    for address, text in made.items():
        files.append(File.generated(config, f"reference/{address}", content=text))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Let links to the reference lead to its pages."""
    return REFERENCE.sub(r"](reference/\1)", markdown)


def on_post_page(output: str, page: object, **_: object) -> str:
    """Warn of what a page loads from another host: whoever reads it is told to nobody. Name the theme's search box."""
    if found := ELSEWHERE.search(output):
        log.warning("%s loads something from another host: %s", page, found[0])
    return output.replace('role="dialog"', 'role="dialog" aria-label="Search"')


def on_post_build(config: MkDocsConfig) -> None:
    """Warn of a site that is too large."""
    size = sum(file.stat().st_size for file in Path(config.site_dir).rglob("*") if file.is_file())
    log.info("the site has %.1f MB", size / 1e6)
    if size > LARGEST:
        log.warning("the site has %d bytes, more than %d", size, LARGEST)

"""Give a release its addresses: ``python .ci/addresses.py https://github.com/OWNER/NAME v0.2.0``, before it is built.

The links of README.md are relative, as a checkout and GitHub read them. On PyPI they would be dead, so they are made
absolute, to the tag. ``[project.urls]`` is added to pyproject.toml. The workflow *Release* knows where it runs; no
address is typed, and a fork has its own.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|mailto:|#)([^)\s]+)\)")
URLS = re.compile(r"^\[project\.urls\]\n(?:.+\n)*\n", re.MULTILINE)
PAGES = {"Documentation": "docs/index.md", "Changelog": "CHANGELOG.md"}


def absolute(readme: str, repository: str, tag: str) -> str:
    """Return the text with its links leading to the files at the tag, and its pictures to their bytes."""
    return LINK.sub(
        lambda link: f"{link[1]}[{link[2]}]({repository}/{'raw' if link[1] else 'blob'}/{tag}/{link[3]})", readme
    )


def with_urls(project: str, repository: str, tag: str) -> str:
    """Return pyproject.toml with the addresses that PyPI shows beside the text."""
    urls = {"Source": repository, "Issues": f"{repository}/issues"}
    urls |= {name: f"{repository}/blob/{tag}/{file}" for name, file in PAGES.items()}
    lines = "".join(f'{name} = "{address}"\n' for name, address in urls.items())
    project = URLS.sub("", project)
    return project.replace("\n[project.scripts]\n", f"\n[project.urls]\n{lines}\n[project.scripts]\n", 1)


if __name__ == "__main__":
    for name, change in (("README.md", absolute), ("pyproject.toml", with_urls)):
        file = ROOT / name
        file.write_text(change(file.read_text(encoding="utf-8"), *sys.argv[1:]), encoding="utf-8")

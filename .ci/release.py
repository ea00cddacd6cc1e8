"""Tell whether a tag can be released: ``python .ci/release.py v0.2.0``. Whatever names the version names the same one.

The version is typed, and not made of the tag: docs/maintaining.md says why.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def faults(root: Path, tag: str) -> list[str]:
    """Return in words what is not yet as a release of this tag has it."""
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    cited = re.search(r"^version: *(\S+)$", (root / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    headings = re.findall(r"^## (.*)$", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    waiting = sorted(file.name for file in (root / "changelog.d").iterdir() if file.name != "README.md")
    found = []
    if tag != f"v{version}":
        found.append(f"the tag is {tag}, and the version in pyproject.toml {version}: git tag v{version}")
    if cited is None or cited[1] != version:
        found.append(f"CITATION.cff says {cited[1] if cited else 'nothing'} and not version: {version}")
    if not headings or not re.fullmatch(rf"{re.escape(version)} \(\d{{4}}-\d\d-\d\d\)", headings[0]):
        found.append(f"CHANGELOG.md does not begin with {version}: towncrier build --version {version}")
    if "Unreleased" in headings:
        found.append("CHANGELOG.md has lines below Unreleased: put them below the heading of the version")
    if waiting:
        found.append(f"{', '.join(waiting)} in changelog.d: towncrier build --version {version}")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(faults(ROOT, sys.argv[1])) or None)

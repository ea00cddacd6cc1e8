"""A release: what names the version names one, and what changed since lies in files that towncrier takes."""

from __future__ import annotations

import re
import runpy
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOWNCRIER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]
TYPES = {each["directory"] for each in TOWNCRIER["type"]}
NAME = re.compile(r"(\d+|\+[a-z0-9-]+)\.([a-z]+)(\.\d+)?\.md")
FILES = {
    "pyproject.toml": '[project]\nversion = "0.2.0"\n',
    "CITATION.cff": "title: Basin Suite\nversion: 0.2.0\n",
    "CHANGELOG.md": "# Changelog\n\n## 0.2.0 (2027-01-31)\n\n### Added\n\n- A. (#1)\n\n## 0.1.0 (2026-12-01)\n",
    "changelog.d/README.md": "# Changes\n",
}


@pytest.fixture(scope="module")
def faults() -> Callable[[Path, str], list[str]]:
    return runpy.run_path(str(ROOT / ".ci" / "release.py"))["faults"]


@pytest.fixture
def release(tmp_path: Path) -> Path:
    (tmp_path / "changelog.d").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_release_whose_files_agree_is_ready(release: Path, faults: Callable[[Path, str], list[str]]) -> None:
    assert faults(release, "v0.2.0") == []


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("pyproject.toml", '[project]\nversion = "0.3.0"\n', "the tag is v0.2.0"),
        ("CITATION.cff", "version: 0.1.0\n", "CITATION.cff says 0.1.0"),
        ("CITATION.cff", "title: Basin Suite\n", "CITATION.cff says nothing"),
        ("CHANGELOG.md", "# Changelog\n\n## 0.1.0 (2026-12-01)\n", "does not begin with 0.2.0"),
        ("CHANGELOG.md", "# Changelog\n\n## 0.2.0\n", "does not begin with 0.2.0"),
        ("CHANGELOG.md", f"{FILES['CHANGELOG.md']}\n## Unreleased\n", "below Unreleased"),
        ("changelog.d/31.fixed.md", "A number.\n", "31.fixed.md in changelog.d"),
    ],
)
def test_what_does_not_agree_is_told(
    release: Path, faults: Callable[[Path, str], list[str]], name: str, text: str, fault: str
) -> None:
    (release / name).write_text(text)
    assert any(fault in each for each in faults(release, "v0.2.0"))


def fault_of(name: str, text: str) -> str | None:
    """Return in words what is wrong with a file in changelog.d, if anything is."""
    match = NAME.fullmatch(name)
    if match is None or match[2] not in TYPES:
        return f"{name} is not named as 31.added.md or +a-word.fixed.md"
    if not text.strip() or not text.endswith("\n"):
        return f"{name} is empty, or its last line does not end"
    if re.match(r"\s*([-*#]|\d+\.)", text):
        return f"{name} begins as a list or a heading: towncrier puts a dash before the text"
    return None


def test_the_changes_since_the_last_release_are_files_that_towncrier_takes() -> None:
    files = [each for each in (ROOT / TOWNCRIER["directory"]).iterdir() if each.name not in TOWNCRIER["ignore"]]
    assert [fault for each in files if (fault := fault_of(each.name, each.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("31.added.md", "A verb.\n", None),
        ("+a-verb.fixed.2.md", "A verb.\n", None),
        ("31.new.md", "A verb.\n", "not named"),
        ("a-verb.added.md", "A verb.\n", "not named"),
        ("31.added.txt", "A verb.\n", "not named"),
        ("31.added.md", "", "empty"),
        ("31.added.md", "A verb.", "does not end"),
        ("31.added.md", "- A verb.\n", "as a list"),
    ],
)
def test_a_file_that_towncrier_would_not_take_is_told(name: str, text: str, fault: str | None) -> None:
    assert (fault_of(name, text) or "") == "" if fault is None else fault in str(fault_of(name, text))


def test_towncrier_writes_where_the_changelog_says() -> None:
    text = (ROOT / TOWNCRIER["filename"]).read_text(encoding="utf-8")
    assert text.count("<!-- towncrier release notes start -->\n") == 1
    assert text.index("<!-- towncrier release notes start -->\n") < text.index("\n## ")


def test_contributors_are_told_every_kind_of_change() -> None:
    (told,) = re.findall(r"^`KIND` is (.*?)\.", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`(\w+)`", told)) == TYPES


def test_links_of_the_readme_are_absolute_in_a_release() -> None:
    addresses = runpy.run_path(str(ROOT / ".ci" / "addresses.py"))
    where, tag = "https://github.com/ada/basins", "v0.2.0"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    released = addresses["absolute"](readme, where, tag)
    links = re.findall(r"\]\(([^)\s]+)\)", released)
    assert len(links) > 20
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    code = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
    assert code.findall(released) == code.findall(readme)
    text = "![a b](docs/a.png) [b](docs/b.md#c) [c](#d) [e](https://e.org)"
    assert addresses["absolute"](text, where, tag) == (
        f"![a b]({where}/raw/{tag}/docs/a.png) [b]({where}/blob/{tag}/docs/b.md#c) [c](#d) [e](https://e.org)"
    )


def test_a_release_names_its_addresses() -> None:
    addresses = runpy.run_path(str(ROOT / ".ci" / "addresses.py"))
    before = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    after = addresses["with_urls"](before, "https://github.com/ada/basins", "v0.2.0")
    assert addresses["with_urls"](after, "https://github.com/ada/basins", "v0.2.0") == after
    project, as_before = (tomllib.loads(text)["project"] for text in (after, before))
    urls = project["urls"]
    assert project == as_before | {"urls": urls}
    assert urls["Source"] == "https://github.com/ada/basins"
    assert all((ROOT / urls[name].partition("/v0.2.0/")[2]).is_file() for name in ("Documentation", "Changelog"))
    assert ".ci/addresses.py" in (ROOT / ".github" / "workflows" / "release.yml").read_text()

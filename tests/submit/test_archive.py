"""Wheels of submissions: what is one passes, and each trick is one clear message."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from suite.errors import SuiteError
from suite.hashing import file_digest
from suite.store.submission.document import Package, Source
from suite.submit import archive
from suite.submit.archive import archive_problems, check_archive

NAME = "mine-1.0-py3-none-any.whl"
INFO = "mine-1.0.dist-info"
METADATA = "Metadata-Version: 2.1\nName: mine\nVersion: 1.0\nRequires-Dist: basin-suite\n"
POINTS = "[suite]\nmine = mine\n"

Members = dict[str | zipfile.ZipInfo, str]


def wheel(folder: Path, change: Callable[[Members], object] = lambda members: None, name: str = NAME) -> list[str]:
    """Write a wheel with changed members; return what is wrong with it."""
    members: Members = {"mine.py": "", f"{INFO}/METADATA": METADATA, f"{INFO}/entry_points.txt": POINTS}
    change(members)
    (folder / "source").mkdir(exist_ok=True)
    file = folder / "source" / name
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for member, content in members.items():
            made.writestr(member, content, zipfile.ZIP_DEFLATED)
    return [str(problem) for problem in archive_problems(folder, package(folder, name))]


def package(folder: Path, name: str = NAME, sha256: str = "") -> Package:
    source = Source(file=f"source/{name}", sha256=sha256 or file_digest(folder / "source" / name))
    return Package(distribution="mine", version="1.0", names=("ood/mine",), source=source)


def test_a_plain_wheel_is_fine(tmp_path: Path) -> None:
    assert wheel(tmp_path) == []
    check_archive(tmp_path, package(tmp_path))


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("mine/link.py")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def device() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("mine/null")
    info.external_attr = (stat.S_IFCHR | 0o666) << 16
    return info


TRICKS: dict[str, tuple[Callable[[Members], object], str]] = {
    "up": (lambda m: m.update({"../x.py": ""}), "a member has an unsafe path: '../x.py'"),
    "root": (lambda m: m.update({"/x.py": ""}), "a member has an unsafe path"),
    "inside": (lambda m: m.update({"a/../../x.py": ""}), "a member has an unsafe path"),
    "dot": (lambda m: m.update({"a/./x.py": ""}), "a member has an unsafe path"),
    "backslash": (lambda m: m.update({"a\\x.py": ""}), "a member has a forbidden name"),
    "control": (lambda m: m.update({"a\x1b[1m.py": ""}), "a member has a forbidden name"),
    "long": (lambda m: m.update({"a" * 400: ""}), "a member has a forbidden name"),
    "link": (lambda m: m.update({link(): "/etc/hostname"}), "'mine/link.py' is a link or a device"),
    "device": (lambda m: m.update({device(): ""}), "'mine/null' is a link or a device"),
    "twice": (lambda m: m.update({"Mine.py": ""}), "two members of one name"),
    "file and folder": (lambda m: m.update({"mine.py/x": ""}), "'mine.py' is a file and a folder"),
    "grows": (
        lambda m: m.update({"zeros.txt": "0" * 3_000_000}),
        "'zeros.txt' would be more than 200 times as large, unpacked",
    ),
    "many": (lambda m: m.update({f"mine/{n}.py": "" for n in range(6_001)}), "more than 6000 members"),
    "compiled": (lambda m: m.update({"mine/fast.so": ""}), "mine/fast.so is compiled code"),
    "pickle": (lambda m: m.update({"mine/weights.pkl": ""}), "mine/weights.pkl is a pickle"),
    "start": (lambda m: m.update({"mine.pth": ""}), "mine.pth is a pickle, or runs as code when Python starts"),
    "outside": (lambda m: m.update({"mine-1.0.data/scripts/ls": ""}), "would be put outside of the packages"),
    "suite": (lambda m: m.update({"suite/store.py": ""}), "suite/store.py has the name of a module of"),
    "json": (lambda m: m.update({"json.py": ""}), "json.py has the name of a module of Python"),
    "address": (
        lambda m: m.update({f"{INFO}/METADATA": METADATA + "Requires-Dist: x @ https://example.org/x.whl\n"}),
        "which is an address",
    ),
    "requirement": (
        lambda m: m.update({f"{INFO}/METADATA": METADATA + "Requires-Dist: ???\n"}),
        "which is not a requirement",
    ),
    "another": (
        lambda m: m.update({f"{INFO}/METADATA": METADATA.replace("1.0", "2.0")}),
        "it holds mine 2.0, and submission.yaml says mine 1.0",
    ),
    "nothing": (lambda m: m.pop(f"{INFO}/METADATA"), "it is not a wheel: it has no METADATA"),
    "no entry": (lambda m: m.pop(f"{INFO}/entry_points.txt"), "it has no entry point of the group 'suite'"),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_each_trick_is_one_message(tmp_path: Path, trick: str) -> None:
    change, cause = TRICKS[trick]
    (told,) = wheel(tmp_path, change)
    assert cause in told
    assert told.isprintable()


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("mine-1.0-cp311-cp311-linux_x86_64.whl", "it is built for a machine"),
        ("mine-2.0-py3-none-any.whl", "its name says mine 2.0"),
        ("mine.whl", "its name is that of no wheel"),
    ],
)
def test_a_name_must_fit(tmp_path: Path, name: str, cause: str) -> None:
    assert any(cause in told for told in wheel(tmp_path, name=name))


def test_another_sha256_is_told_before_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / NAME).write_bytes(b"no archive")
    (told,) = archive_problems(tmp_path, package(tmp_path, sha256="0" * 64))
    assert "its sha256 is" in told.cause
    with pytest.raises(SuiteError, match="damaged, or not an archive"):
        check_archive(tmp_path, package(tmp_path))


def test_a_large_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel(tmp_path)
    monkeypatch.setattr(archive, "LARGEST", 10)
    (told,) = archive_problems(tmp_path, package(tmp_path))
    assert "it is larger than" in told.cause

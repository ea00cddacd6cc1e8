"""Unpacking a submission that came as one file: all of it or nothing, and nothing outside."""

from __future__ import annotations

import io
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from suite.errors import SuiteError
from suite.submit import check, unpack
from suite.submit.pack import pack_archive

from .desk import Desk


def test_what_was_packed_comes_out_as_it_was(desk: Desk, tmp_path: Path) -> None:
    pack_archive(desk.folder, tmp_path / "it.zip")
    folder = unpack(tmp_path / "it.zip", tmp_path / "in")
    other = Desk(folder.rename(tmp_path / "in" / desk.folder.name), desk.registry)
    assert other.state() == desk.state()
    assert check(other.folder, desk.registry).ok


def tar(file: Path, add: Callable[[tarfile.TarFile], object], mode: str = "w:gz") -> Path:
    with tarfile.open(file, mode) as made:  # type: ignore[call-overload]
        add(made)
    return file


def entry(name: str, content: bytes = b"name: x\n", **about: object) -> tuple[tarfile.TarInfo, io.BytesIO]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in about.items():
        setattr(info, key, value)
    return info, io.BytesIO(content)


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("top", ["", "it/"])
def test_a_tar_is_taken_with_or_without_its_folder(tmp_path: Path, mode: str, top: str) -> None:
    def add(made: tarfile.TarFile) -> None:
        made.addfile(*entry(f"{top}submission.yaml"))
        made.addfile(*entry(f"{top}source/x.whl"))

    folder = unpack(tar(tmp_path / "it.tar", add, mode), tmp_path / "in")
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*")) == [
        *("source", "source/x.whl", "submission.yaml")
    ]


TRICKS: dict[str, tuple[Callable[[tarfile.TarFile], object], str]] = {
    "up": (lambda made: made.addfile(*entry("../evil")), "a member has an unsafe path"),
    "root": (lambda made: made.addfile(*entry("/tmp/evil")), "a member has an unsafe path"),
    "link": (lambda made: made.addfile(*entry("x", type=tarfile.SYMTYPE, linkname="/etc")), "'x' is a link"),
    "hard link": (lambda made: made.addfile(*entry("x", type=tarfile.LNKTYPE, linkname="/etc/x")), "'x' is a link"),
    "device": (lambda made: made.addfile(*entry("x", b"", type=tarfile.CHRTYPE)), "a device or another special"),
    "fifo": (lambda made: made.addfile(*entry("x", b"", type=tarfile.FIFOTYPE)), "another special file"),
    "grows": (
        lambda made: made.addfile(*entry("x", b"0" * 6_000_000)),
        "unpacked, it would be more than 200 times as large",
    ),
    "beside": (lambda made: made.addfile(*entry("other/x")), "lies beside the folder of submission.yaml"),
    "twice": (lambda made: made.addfile(*entry("it/submission.yaml")), "two members of one name"),
    "odd": (lambda made: made.addfile(*entry("it/a\nb")), "a member has a forbidden name"),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_each_trick_is_one_error_and_writes_nothing(tmp_path: Path, trick: str) -> None:
    change, cause = TRICKS[trick]

    def add(made: tarfile.TarFile) -> None:
        made.addfile(*entry("it/submission.yaml"))
        change(made)

    archive = tar(tmp_path / "it.tar.gz", add)
    with pytest.raises(SuiteError, match=r"is refused: .*\. Nothing was written") as caught:
        unpack(archive, tmp_path / "in")
    assert cause in caught.value.cause
    assert not (tmp_path / "in").exists() or not list((tmp_path / "in").iterdir())


def test_a_header_that_claims_to_be_huge_is_not_read(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2**33
    (tmp_path / "it.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + b"a" * 2**20)
    with pytest.raises(SuiteError, match="it would be more than"):
        unpack(tmp_path / "it.tar", tmp_path / "in")


def test_without_a_submission_there_is_nothing_to_unpack(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "it.zip", "w") as made:
        made.writestr("a/b/submission.yaml", "")
    with pytest.raises(SuiteError, match=r"submission\.yaml is missing: it must be at the top"):
        unpack(tmp_path / "it.zip", tmp_path / "in")


def test_an_archive_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="refused"):
        unpack(tmp_path / "none.zip", tmp_path)


@pytest.mark.parametrize("value", [0, 1, 255])
def test_a_zip_with_any_one_byte_changed_is_read_or_refused(tmp_path: Path, value: int) -> None:
    with zipfile.ZipFile(tmp_path / "it.zip", "w") as made:
        made.writestr("submission.yaml", "x")
    content = (tmp_path / "it.zip").read_bytes()
    for place in range(len(content)):
        (tmp_path / "it.zip").write_bytes(content[:place] + bytes([value]) + content[place + 1 :])
        with suppress(SuiteError), warnings.catch_warnings(action="ignore"):
            unpack(tmp_path / "it.zip", tmp_path / "in")


def test_a_tar_with_any_one_byte_changed_is_read_or_refused(tmp_path: Path) -> None:
    tar(tmp_path / "it", lambda made: made.addfile(*entry("submission.yaml")))
    content = (tmp_path / "it").read_bytes()
    for place in range(len(content)):
        (tmp_path / "it").write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with suppress(SuiteError):
            unpack(tmp_path / "it", tmp_path / "in")


@given(st.binary(max_size=600), st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08"]))
def test_no_bytes_do_anything_but_be_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, head: bytes
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "it").write_bytes(head + content)
    with pytest.raises(SuiteError):
        unpack(folder / "it", folder / "in")

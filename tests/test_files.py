"""Atomic writing: the old file survives whatever goes wrong."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from suite.files import write_atomic, write_text_atomic


def test_it_replaces(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    write_text_atomic(path, "one")
    write_text_atomic(path, "zwei ä")
    assert path.read_text(encoding="utf-8") == "zwei ä"
    assert list(path.parent.iterdir()) == [path]


def test_the_old_file_survives_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_text_atomic(path, "old")

    def half(temporary: Path) -> None:
        temporary.write_text("ha")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_atomic(path, half)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]

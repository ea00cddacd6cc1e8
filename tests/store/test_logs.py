"""What runs printed is kept, capped one by one and all together."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from suite.settings import Settings
from suite.store import logs as module
from suite.store.logs import LOG_BYTES, Logs


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    """The logs of an empty home."""
    return Logs(Settings(home=tmp_path / "home"))


def kept(logs: Logs, run: str, content: bytes) -> None:
    file = logs.folder.parent / "output.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    logs.keep(run, {"printed": file})


def test_what_was_printed_comes_back_under_its_title(logs: Logs, tmp_path: Path) -> None:
    (tmp_path / "one").write_text("half\n")
    (tmp_path / "two").write_bytes(b"words \xff\n")
    logs.keep("ab12", {"reported": tmp_path / "one", "printed": tmp_path / "two"})
    assert logs.read("ab12") == "--- reported\nhalf\n\n--- printed\nwords \N{REPLACEMENT CHARACTER}\n\n"


def test_nothing_is_kept_of_a_run_that_printed_nothing(logs: Logs) -> None:
    kept(logs, "ab12", b"")
    logs.keep("cd34", {"printed": Path("not there")})
    assert (logs.read("ab12"), logs.read("cd34"), list(logs.files())) == (None, None, [])


def test_of_a_long_one_the_beginning_and_the_end_are_kept(logs: Logs) -> None:
    kept(logs, "ab12", b"first" + bytes(3 * LOG_BYTES) + b"last")
    text = logs.read("ab12")
    assert "first" in text
    assert text.endswith("last\n")
    assert f"... {2 * LOG_BYTES + 9} bytes are left out here ..." in text
    assert len(text) < LOG_BYTES + 100


def test_the_oldest_make_room(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ALL_BYTES", 50_000)
    for number in range(12):
        kept(logs, f"{number:02}ab", os.urandom(9_000))
        if logs.path(f"{number:02}ab").exists():
            os.utime(logs.path(f"{number:02}ab"), (number, number))
    left = sorted(file.name[:2] for file in logs.files())
    assert left == ["08", "09", "10", "11"]
    assert sum(file.stat().st_size for file in logs.files()) <= 50_000


@pytest.mark.parametrize("damage", [b"", b"no gzip", None], ids=["empty", "other", "cut"])
def test_a_damaged_file_is_no_log(logs: Logs, damage: bytes | None) -> None:
    kept(logs, "ab12", b"words" * 1000)
    path = logs.path("ab12")
    path.write_bytes(path.read_bytes()[:-9] if damage is None else damage)
    assert logs.read("ab12") is None

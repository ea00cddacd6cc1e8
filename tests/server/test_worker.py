"""The worker: what is good is put in its place, what is not is told why, and nobody's death loses anything."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from suite.errors import SuiteError
from suite.server import examiner, worker
from suite.server.examination import Verdict
from suite.server.placing import is_placed
from suite.server.worker import Worker
from suite.settings import Settings, load_settings
from suite.store.intake import Entry, Queue
from suite.store.submission import listed
from suite.store.tokens import Tokens

Hand = Callable[..., Entry]


def zipped(folder: Path, name: str | None = None) -> bytes:
    """Return a zip of a folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, f"{name or folder.name}/{path.relative_to(folder)}")
    return buffer.getvalue()


@pytest.fixture
def queue(home: Settings) -> Queue:
    return Queue(home.database_url)


@pytest.fixture
def hand_in(home: Settings, queue: Queue) -> Hand:
    """Put bytes into the queue as the server does."""
    tokens = Tokens(home.database_url)

    def put(content: bytes, holder: str = "Ada Lovelace") -> Entry:
        home.intake_folder.mkdir(parents=True, exist_ok=True)
        token = tokens.new(holder, "submitter", None)[0]
        keep = lambda name: (home.intake_folder / name).write_bytes(content)  # noqa: E731
        return queue.put(token, hashlib.sha256(content).hexdigest(), len(content), keep)[0]

    return put


def drain(home: Settings, queue: Queue) -> list[str]:
    """Drain the queue, and return what the worker said."""
    said: list[str] = []
    Worker(queue, home, "the maintainers", said.append).drain()
    return said


def told(queue: Queue, entry: Entry) -> tuple[str, str | None]:
    """Return the state and the reason of an entry."""
    now = queue.entry(entry.id, None)
    assert now is not None
    return now.state, now.reason


def folders(home: Settings) -> list[str]:
    """Return what lies in the folders of accepted submissions and of uploads."""
    return sorted(path.name for folder in (*home.submission_folders, home.intake_folder) for path in folder.glob("*"))


def test_a_good_submission_is_validated_and_put_in_its_place(
    home: Settings, queue: Queue, hand_in: Hand, packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "examined", in_process)
    entry = hand_in(zipped(packed))
    (line,) = drain(home, queue)
    assert line == f"{entry.id[:8]} of Ada Lovelace: accepted"
    assert told(queue, entry) == ("accepted", None)
    assert folders(home) == [packed.name]
    placed = listed(home.submission_folders[0] / packed.name)
    assert (placed.state, placed.problem, placed.edited) == ("validated", "", False)
    assert [(event.state, event.by) for event in placed.history] == [
        ("submitted", "Ada Lovelace"),
        ("validated", "the maintainers"),
    ]
    assert placed.history[-1].evidence["upload"] == entry.id
    assert is_placed(home.submission_folders[0], packed.name, entry)


def test_a_second_one_of_that_name_is_refused(
    home: Settings, queue: Queue, hand_in: Hand, packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "examined", in_process)
    hand_in(zipped(packed))
    drain(home, queue)
    before = (home.submission_folders[0] / packed.name / "history.jsonl").read_bytes()
    other = hand_in(zipped(packed), "Ben")
    drain(home, queue)
    state, reason = told(queue, other)
    assert state == "refused"
    assert reason is not None
    assert "taken" in reason
    assert (home.submission_folders[0] / packed.name / "history.jsonl").read_bytes() == before


def hostile(packed: Path) -> dict[str, bytes]:
    """Return uploads that must be refused, by what is wrong with them. All are harmless."""

    def made(fill: Callable[[zipfile.ZipFile], object]) -> bytes:
        buffer = io.BytesIO(zipped(packed))
        with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
            fill(archive)
        return buffer.getvalue()

    link = zipfile.ZipInfo(f"{packed.name}/README.md")
    link.external_attr = 0o120777 << 16
    tape = io.BytesIO()
    with tarfile.open(fileobj=tape, mode="w") as archive:
        member = tarfile.TarInfo(f"{packed.name}/README.md")
        member.type, member.linkname = tarfile.SYMTYPE, "../../secret"
        archive.addfile(member)
    return {
        "no archive": b"hello",
        "an empty zip": zipped(packed / "none"),
        "a path that leads out": made(lambda archive: archive.writestr("../out.txt", "x")),
        "an absolute path": made(lambda archive: archive.writestr("/tmp/out.txt", "x")),
        "a link": made(lambda archive: archive.writestr(link, "../../secret")),
        "a link in a tar": tape.getvalue(),
        "a pickle": made(lambda archive: archive.writestr(f"{packed.name}/results/model.pkl", "x")),
        "far more than it seems": made(lambda archive: archive.writestr(f"{packed.name}/LICENSE", b"0" * 2**24)),
        "many files": made(lambda archive: [archive.writestr(f"{packed.name}/source/{n}", "") for n in range(6001)]),
        "a stray file": made(lambda archive: archive.writestr("beside.txt", "x")),
        "a name that drives a terminal": made(lambda archive: archive.writestr(f"{packed.name}/\x1b[31m.txt", "x")),
    }


def test_hostile_uploads_are_refused_and_leave_nothing(
    home: Settings, queue: Queue, hand_in: Hand, packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "examined", in_process)
    entries = {what: hand_in(content) for what, content in hostile(packed).items()}
    drain(home, queue)
    for what, entry in entries.items():
        state, reason = told(queue, entry)
        assert (what, state) == (what, "refused")
        assert reason
        assert reason.isprintable()
        assert str(home.home) not in reason
    assert folders(home) == []
    assert not (home.home / "out.txt").exists()


def in_process(archive: Path, folder: Path, beside: Path, renew: Callable[[], object]) -> Verdict:
    """Check in this process: a process each costs seconds."""
    from suite.server.examination import examine

    return examine(archive, folder, beside, load_settings())


@pytest.mark.parametrize("tier", ["code", "results"])
def test_code_is_not_taken_here(
    home: Settings, queue: Queue, hand_in: Hand, packed: Path, monkeypatch: pytest.MonkeyPatch, tier: str
) -> None:
    monkeypatch.setattr(worker, "examined", in_process)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(zipped(packed))) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(b"tier: results", f"tier: {tier}".encode()))
    entry = hand_in(buffer.getvalue())
    drain(home, queue)
    assert told(queue, entry)[0] == ("accepted" if tier == "results" else "refused")


def test_a_check_that_does_not_end_well_is_no_word_about_the_upload(
    home: Settings, queue: Queue, hand_in: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = hand_in(b"x")
    monkeypatch.setattr(examiner, "TIME_LIMIT", 0.0)
    drain(home, queue)
    assert told(queue, entry) == ("failed", "the check took more than 0 s; upload it again to try again")
    assert folders(home) == []


def test_a_full_disk_stops_the_worker_and_no_upload(
    home: Settings, queue: Queue, hand_in: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    entry = hand_in(b"x")
    monkeypatch.setattr(worker, "examined", full)
    with pytest.raises(OSError, match="No space"):
        drain(home, queue)
    assert told(queue, entry)[0] == "waiting"
    assert folders(home) == [entry.id]


def test_a_fault_of_the_worker_is_told_and_stops_nobody(
    home: Settings, queue: Queue, hand_in: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [hand_in(b"x"), hand_in(b"y")]

    def fail(*_: object) -> None:
        raise ValueError(f"{home.home} is odd")

    monkeypatch.setattr(worker, "examined", fail)
    drain(home, queue)
    assert [told(queue, entry) for entry in entries] == [("failed", "the worker has a fault: ValueError")] * 2


def test_a_worker_that_died_after_it_placed_a_submission_is_not_held_against_it(
    home: Settings, queue: Queue, hand_in: Hand, packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = hand_in(zipped(packed))
    dead = Queue(home.database_url)
    dead.owner = f"{queue.owner.partition(':')[0]}:999999999:1.00"
    monkeypatch.setattr(worker, "examined", in_process)
    with monkeypatch.context() as patch:
        patch.setattr(dead, "end", lambda *_: False)  # killed just before it could say so
        Worker(dead, home, "the maintainers", print)._check(dead.claim() or entry)
    assert folders(home) == sorted([packed.name, entry.id])
    drain(home, queue)
    assert told(queue, entry) == ("accepted", None)
    assert folders(home) == [packed.name]


def test_what_the_killed_left_behind_is_removed_once_it_is_old(home: Settings, queue: Queue) -> None:
    home.intake_folder.mkdir(parents=True)
    for name in (".upload-1", "f" * 32, ".work-1/unpacked", "something-else"):
        path = home.intake_folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    drain(home, queue)
    assert len(list(home.intake_folder.iterdir())) == 4
    for path in home.intake_folder.iterdir():
        os.utime(path, (1, 1))
    drain(home, queue)
    assert [path.name for path in home.intake_folder.iterdir()] == ["something-else"]


def test_a_worker_needs_a_folder_for_what_it_accepts(
    home: Settings, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUITE_SUBMISSIONS", "")
    with pytest.raises(SuiteError, match="the folder for accepted submissions is missing"):
        Worker(queue, load_settings(), "x", print)


@pytest.mark.slow
def test_two_workers_of_which_one_is_killed_check_each_upload_once(
    home: Settings, queue: Queue, hand_in: Hand, packed: Path
) -> None:
    good, bad = hand_in(zipped(packed)), [hand_in(b"no archive")]
    command = [sys.executable, "-m", "suite", "worker", "--once"]
    killed = subprocess.Popen(command, start_new_session=True)
    deadline = time.monotonic() + 60
    while told(queue, good)[0] == "waiting" and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    lines = [line for process in both for line in process.communicate(timeout=120)[0].splitlines()]
    assert len(lines) == 2
    assert told(queue, good) == ("accepted", None)
    assert {told(queue, entry)[0] for entry in bad} == {"refused"}
    assert [name for name in folders(home) if not name.startswith(worker.WORK)] == [packed.name]
    history = [json.loads(line) for line in (home.submission_folders[0] / packed.name / "history.jsonl").open()]
    assert [event["state"] for event in history] == ["submitted", "validated"]


@pytest.mark.slow
def test_a_worker_that_is_stopped_gives_back_what_it_was_checking(
    home: Settings, queue: Queue, hand_in: Hand, packed: Path
) -> None:
    entry = hand_in(zipped(packed))
    stopped = subprocess.Popen([sys.executable, "-m", "suite", "worker"], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while told(queue, entry)[0] == "waiting" and time.monotonic() < deadline:
        time.sleep(0.02)
    stopped.terminate()
    assert "what was being checked waits again" in stopped.communicate(timeout=60)[1]
    assert stopped.returncode == 130
    again = queue.entry(entry.id, None)
    assert again is not None
    assert (again.state, again.attempts) == ("waiting", 0)
    assert folders(home) == [entry.id]

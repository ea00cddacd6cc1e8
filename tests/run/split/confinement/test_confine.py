"""What a confined process cannot do, that a process beside it can, and what it must still be able to do."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attempts import ALLOWED, REFUSED

from suite.run.split.confinement import WORDS, confine, landlock, reach, seccomp
from suite.run.split.confinement.kernel import LINUX

Call = Callable[[Callable[[int], Any]], Any]
Outcomes = Callable[[Sequence[Callable[[Path], None]]], dict[str, str]]
ABI, NOBODY = landlock.version(), 65534
full = pytest.mark.skipif(
    ABI < 6 or not seccomp.available(), reason=f"this kernel has Landlock {ABI or 'not at all'}; these need version 6"
)


@pytest.fixture(scope="module")
def confined(in_a_child: Call, place: Path, outcomes: Outcomes) -> dict[str, Any]:
    def attempt(answer: int) -> dict[str, Any]:
        words = confine([place / "code"], place / "own", hidden=[place / "code/hidden"], keep=[answer], memory=2**30)
        return {"words": words, **outcomes(REFUSED), **outcomes(ALLOWED)}

    os.environ["SUITE_SECRET"] = "secret"
    try:
        return dict(in_a_child(attempt))
    finally:
        del os.environ["SUITE_SECRET"]


@full
@pytest.mark.parametrize("attempt", REFUSED, ids=lambda attempt: attempt.__name__)
def test_what_the_contract_does_not_name_is_refused(confined: dict[str, Any], attempt: Callable[[Path], None]) -> None:
    assert confined[attempt.__name__].split(":")[0] in (
        *("PermissionError", "CalledProcessError", "MemoryError"),
        "OSError" if attempt.__name__ in ("use_an_open_file", "trace_the_parent") else "PermissionError",
        "FileNotFoundError" if attempt.__name__ == "find_what_others_left" else "PermissionError",
    )


@full
def test_nothing_has_changed_outside(confined: dict[str, Any], place: Path) -> None:
    assert {path.name for path in (place / "home").iterdir()} == {"store.db", "other.db", "s"}
    assert (place / "home" / "store.db").read_text() == "secret"
    assert (place / "code" / "method.py").read_text() == "own"
    assert not Path("/dev/shm", f"{(place / 'own' / 'left').read_text()}-by-it").exists()


@full
@pytest.mark.parametrize("attempt", ALLOWED, ids=lambda attempt: attempt.__name__)
def test_what_libraries_need_works(confined: dict[str, Any], attempt: Callable[[Path], None]) -> None:
    assert confined[attempt.__name__] == "done"


@full
def test_it_says_all_words_but_the_lesser(confined: dict[str, Any]) -> None:
    may_not = {"tcp", *(["shared memory"] if "shared memory" not in confined["words"] else [])}
    assert confined["words"] == [word for word in WORDS if word not in may_not]


@pytest.mark.skipif(not LINUX, reason="Linux alone has these means")
def test_the_control_can_do_it_all(in_a_child: Call, place: Path, outcomes: Outcomes) -> None:
    others = ("change", "add", "remove", "take", *(["read_passwords"] if os.geteuid() != 0 else []))
    harmless = [attempt for attempt in REFUSED if not attempt.__name__.startswith(others)]
    environment = os.environ | {"SUITE_SECRET": "secret"}

    def attempt(answer: int) -> dict[str, str]:
        os.environ.update(environment)
        return outcomes(harmless)

    assert set(in_a_child(attempt).values()) == {"done"}


@full
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_who_is_not_root_is_confined_as_well(in_a_child: Call, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()

    def words(answer: int) -> tuple[str, ...]:
        os.chown(own, NOBODY, NOBODY)
        os.chdir(own)
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        words = confine([], Path(), keep=[answer])
        assert (os.getuid(), Path("new").touch()) == (NOBODY, None)
        return words

    found = in_a_child(words)
    assert [word for word in found if word != "shared memory"] == [
        *("files", "network", "signals", "tracing", "privileges", "environment")
    ]


@full
@pytest.mark.parametrize("abi", range(ABI + 1))
def test_an_older_kernel_enforces_less_and_says_so(
    in_a_child: Call, place: Path, monkeypatch: pytest.MonkeyPatch, abi: int
) -> None:
    monkeypatch.setattr(landlock, "version", lambda: abi)
    monkeypatch.setattr(seccomp, "available", lambda: False)
    words = in_a_child(lambda answer: confine([], place / "own", keep=[answer]))
    by_landlock = ["files", *(["tcp"] if abi >= 4 else []), *(["signals"] if abi >= 6 else []), "tracing"]
    assert [word for word in words if word != "shared memory"] == [
        *(by_landlock if abi else []),
        "privileges",
        "environment",
    ]


def test_another_system_says_nothing(in_a_child: Call, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suite.run.split.confinement.LINUX", False)
    assert in_a_child(lambda answer: confine([], place / "own", keep=[answer])) == []


def test_a_process_with_two_threads_is_not_confined(place: Path) -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        with pytest.raises(RuntimeError, match="one thread"):
            confine([], place / "own")
    finally:
        done.set()
        thread.join()


def test_what_lies_beside_something_hidden_stays_readable(tmp_path: Path) -> None:
    for folder in ("a/b/c", "a/d", "e"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "a" / "link").symlink_to(tmp_path / "a" / "b")
    spared = set(reach.spare(str(tmp_path), [str(tmp_path / "a" / "b" / "c")]))
    assert spared == {str(tmp_path / "a" / "d"), str(tmp_path / "e")}


def test_published_results_are_closed() -> None:
    [folder] = reach.closed_folders([])
    assert not any(path == folder or path.startswith(f"{folder}/") for path, access in reach.rules([], Path("/o"), []))


@full
@pytest.mark.slow
def test_it_takes_less_than_five_milliseconds_of_work(in_a_child: Call, place: Path) -> None:
    def seconds(answer: int) -> float:
        start = time.process_time()
        confine([place / "code"], place / "own", hidden=[place / "home"], keep=[answer])
        return time.process_time() - start

    reach.installation()  # the fork server does it once
    assert min(in_a_child(seconds) for _ in range(20)) < 0.005
